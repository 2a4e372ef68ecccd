"""Takes the pictures of docs/chat.md and docs/pages.md: of the bot in the sandbox, and of pages."""
