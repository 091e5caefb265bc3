"""What is published: notices with their objections, bulletins."""
