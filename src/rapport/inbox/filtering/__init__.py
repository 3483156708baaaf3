"""One filter language over conversations, messages, people and orders: words become a frozen Filter, a Filter a query."""
