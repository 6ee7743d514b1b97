"""The register from Excel: read everything, say everything that is wrong, then write all of it or nothing."""
