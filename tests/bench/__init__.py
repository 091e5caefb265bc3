"""What a command, a refusal, a lifecycle and a status read cost, beside the thinnest program that could do them."""
