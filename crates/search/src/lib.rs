//! Finding offers by the words people use, and places by an address table, without asking anyone else.
