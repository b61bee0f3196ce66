"""What one visitor chose, and the signed cookie that holds it."""
