"""The first page after log-in, by office: what I owe, what waits for me, what is due below me; all from duties."""

from supervision.workbench.above import overview
from supervision.workbench.branch import branch_workbench, year_so_far

__all__ = ["branch_workbench", "overview", "year_so_far"]
