"""What the report of the study has beside that of any study."""
