"""Writes the small SPSS and Parquet files of this folder, and what they hold as text.

Made with Python 3.11, pyreadstat 1.3.7 (ReadStat), pandas, pyarrow 26.0.1:
    python make.py
pyreadstat writes strings longer than 255 bytes as very long strings, and with compress=True ZLIB data (.zsav);
row_compress=True gives bytecode compression, row_compress=False plain data.
"""
import datetime as dt, json
import pandas as pd, pyarrow as pa, pyarrow.parquet as pq, pyreadstat

n = 70
day = [None if i % 11 == 10 else dt.date(2016, 1, 1) + dt.timedelta(days=37 * i) for i in range(n)]
frame = pd.DataFrame({
    "kind_id": [f"K{i:04}" for i in range(n)],
    "vorname": ["Zoë" if i % 3 == 0 else "Ümit" if i % 3 == 1 else "" for i in range(n)],
    "geburtsdatum": day,
    "geschlecht": [float(1 + i % 2) for i in range(n)],
    "alter_monate": [None if i % 7 == 3 else 60.0 + i for i in range(n)],
    "punkte": [-9.0 if i % 5 == 4 else i / 4 for i in range(n)],
    "code": [["a", "b", "zz"][i % 3] for i in range(n)],
    "bemerkung": [("lang " * 70)[: 5 * i] for i in range(n)],
})
labels = {"geschlecht": {1: "männlich", 2: "weiblich"}, "code": {"a": "eins", "b": "zwei"}}
kwargs = dict(
    column_labels={"punkte": "Punkte im Test", "geschlecht": "Geschlecht des Kindes"},
    variable_value_labels=labels,
    missing_ranges={"punkte": [-9], "code": ["zz"], "alter_monate": [{"lo": 120, "hi": 200}]},
)
pyreadstat.write_sav(frame, "bytecode.sav", row_compress=True, **kwargs)
pyreadstat.write_sav(frame, "plain.sav", row_compress=False, **kwargs)
pyreadstat.write_sav(frame, "zlib.zsav", compress=True, **kwargs)

expected = frame.copy()
expected["punkte"] = expected["punkte"].where(expected["punkte"] != -9)
expected["code"] = expected["code"].where(expected["code"] != "zz")
expected["alter_monate"] = expected["alter_monate"].where(~(expected["alter_monate"] >= 120))
def text(value):
    if value is None or value is pd.NaT or value != value: return ""
    if isinstance(value, float): return repr(int(value)) if value == int(value) else repr(value)
    return str(value).strip()
rows = [[text(v) for v in row] for row in expected.itertuples(index=False)]
json.dump({"columns": list(frame.columns), "rows": rows}, open("expected.json", "w"), ensure_ascii=False, indent=0)

table = pa.table({
    "kind_id": pa.array(frame["kind_id"]),
    "geburtsdatum": pa.array(day, pa.date32()),
    "geschlecht": pa.array([int(v) for v in frame["geschlecht"]], pa.int8()),
    "alter_monate": pa.array([None if v != v else v for v in frame["alter_monate"]], pa.float64()),
    "u_heft": pa.array([None if i % 9 == 8 else i % 2 == 0 for i in range(n)], pa.bool_()),
    "kita": pa.array([f"KITA{i % 4:03}" for i in range(n)]).dictionary_encode(),
    "am": pa.array([None if d is None else dt.datetime(d.year, d.month, d.day, 13) for d in day], pa.timestamp("us")),
    "betrag": pa.array([None if i % 6 == 5 else round(i * 12.25, 2) for i in range(n)]).cast(pa.decimal128(9, 2)),
    "nummer": pa.array([9_007_199_254_740_993 + i for i in range(n)], pa.int64()),
})
for codec in ["snappy", "zstd", "gzip", "none"]:
    pq.write_table(table, f"{codec}.parquet", compression=codec, row_group_size=32)
rows = [["" if v is None else ("1" if v else "0") if isinstance(v, bool) else str(v.date()) if isinstance(v, dt.datetime)
         else text(v) for v in row.values()] for row in table.to_pylist()]
json.dump({"columns": table.column_names, "rows": rows}, open("expected-parquet.json", "w"), ensure_ascii=False, indent=0)
