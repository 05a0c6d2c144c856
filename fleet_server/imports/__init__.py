"""Assets from spreadsheets, and assets as spreadsheets."""
