"""Facts as tables that staff edit in a spreadsheet, and back."""
