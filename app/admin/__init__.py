"""What whoever runs the service types: one file for each noun, one act or question per command."""
