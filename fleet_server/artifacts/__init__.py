"""Big files for the field: kept by their content, given out by short-lived signed links."""
