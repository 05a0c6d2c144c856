"""Tables in files that people make with spreadsheets: read with care, written without tricks."""
