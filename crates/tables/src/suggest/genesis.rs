//! Mappings of GENESIS flat files, whose headers are always the same.

use super::columns::Column;
use super::write::quoted;
use crate::words::slug;
use std::fmt::Write as _;

/// Whether the header is one of the two of GENESIS flat files.
pub(super) fn is_genesis(columns: &[Column]) -> bool {
    columns.iter().any(|c| c.name == "1_Auspraegung_Code" || c.name == "1_variable_attribute_code")
}

/// GENESIS flat files say themselves what is what.
pub(super) fn write(columns: &[Column]) -> String {
    let mut out = String::new();
    let new = columns.iter().any(|c| c.name == "1_variable_attribute_code");
    let (code, value) = if new {
        ("_variable_code", "_variable_attribute_code")
    } else {
        ("_Merkmal_Code", "_Auspraegung_Code")
    };
    let time = if new { "time" } else { "Zeit" };
    let mut area = None;
    let mut groups = Vec::new();
    for column in columns {
        let Some(number) = column.name.strip_suffix(code) else { continue };
        let keyed = columns.iter().find(|c| c.name == format!("{number}{value}"));
        let text = |c: &Column| c.distinct.iter().take(12).cloned().collect::<Vec<_>>();
        let kind = keyed.and_then(|c| {
            let digits = c.distinct.iter().filter(|t| t.bytes().all(|b| b.is_ascii_digit())).count();
            (digits * 2 > c.distinct.len() && c.distinct.iter().any(|t| matches!(t.len(), 2 | 5 | 8)))
                .then_some("ags")
        });
        let is_area = kind.is_some()
            && ["KREIS", "GEMEIN", "DLAND", "REGBEZ", "DINSG", "GEOGK", "GEO"]
                .iter()
                .any(|c| text(column).iter().any(|t| t.starts_with(c)));
        if is_area && area.is_none() {
            area = Some(text(column));
        } else {
            groups.extend(text(column));
        }
    }
    let list = |codes: &[String]| codes.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", ");
    match &area {
        Some(codes) => {
            let _ = write!(
                out,
                "[area]\ndimension = [{}]\n# ags5 für Kreise, ags8 für Gemeinden; ags nimmt alle Ebenen\nkind = \"ags\"\nother_levels = \"skip\"\n\n",
                list(codes)
            );
        }
        None => {
            let _ = write!(
                out,
                "[area]\n# Merkmal mit dem Gebietsschlüssel, zum Beispiel \"KREISE\", oder fixed = \"05\"\nfixed = \"DG\"\n\n"
            );
        }
    }
    let _ = write!(
        out,
        "[time]\ncolumn = {}\n# as = \"year\" macht aus einem Stichtag sein Jahr\n\n",
        quoted(time)
    );
    for group in groups {
        let _ = write!(
            out,
            "[[group]]\ndimension = {}\n# rename = {{ \"GESM\" = \"männlich\" }}\n\n",
            quoted(&group)
        );
    }
    if new {
        let variable = columns.iter().find(|c| c.name == "value_variable_code");
        out.push_str("[variable]\ncolumn = \"value_variable_code\"\n\n[variable.rename]\n");
        for text in variable.iter().flat_map(|v| v.distinct.iter().take(60)) {
            let _ = writeln!(out, "{} = {}", quoted(text), quoted(&slug(text)));
        }
        out.push_str("\n[[values]]\ncolumn = \"value\"\n");
        return out;
    }
    for column in columns.iter().filter(|c| c.name.contains("__") && !c.name.ends_with("__q")) {
        let code = column.name.split("__").next().unwrap_or_default();
        let _ = write!(
            out,
            "[[values]]\n# {}\ncolumn = {}\nvariable = {}\n\n",
            column.name.replace(['\n', '\r'], " "),
            quoted(&column.name),
            quoted(&slug(code))
        );
    }
    out
}
