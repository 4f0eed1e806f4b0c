//! Published releases as content-addressed Parquet, queried by DataFusion.
