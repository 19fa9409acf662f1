"""Layout: where on a page the lines of writing are, in which order, and what each looks like."""
