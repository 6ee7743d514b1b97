"""What the assessment's pages and its workbook show: frozen rows over results that are given, never queried twice."""

from supervision.reports.figures import GRADES, metrics_of, overview
from supervision.reports.months import general_branches, months_for, schemes_for, workbook_of
from supervision.reports.results import evidence_of, evidence_rows, metric_of, opened, results_for, rows_of

__all__ = [
    "GRADES",
    "evidence_of",
    "evidence_rows",
    "general_branches",
    "metric_of",
    "metrics_of",
    "months_for",
    "opened",
    "overview",
    "results_for",
    "rows_of",
    "schemes_for",
    "workbook_of",
]
