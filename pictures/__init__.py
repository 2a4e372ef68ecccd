"""Takes the pictures of docs/chat.md: the real service in the sandbox, one picture of each view."""
