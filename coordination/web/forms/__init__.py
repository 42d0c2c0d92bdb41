"""What people fill in: fields, labels and the checks that need no database. The areas check the rest."""
