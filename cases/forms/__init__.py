"""Shape and syntax of what people type. What the law says about it is asked of the services."""
