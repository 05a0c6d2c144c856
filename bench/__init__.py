"""What a report costs, measured beside plain tools on the same machine in the same run."""
