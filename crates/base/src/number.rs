//! German number formats for texts a person reads.

/// A number with `decimals` decimals, decimal comma and thousands point: `1.234,5`.
///
/// Not finite numbers give `–`, since a page must not show them as a figure.
pub fn german(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let text = format!("{value:.decimals$}");
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) if rest.bytes().any(|b| b.is_ascii_digit() && b != b'0') => ("−", rest),
        Some(rest) => ("", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut out = String::with_capacity(text.len() + 6);
    out.push_str(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(',');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::german;

    #[test]
    fn numbers_look_german() {
        for (value, decimals, text) in [
            (0.0, 0, "0"),
            (1234.5, 1, "1.234,5"),
            (-1234567.0, 0, "−1.234.567"),
            (-0.01, 1, "0,0"),
            (999.95, 1, "1.000,0"),
            (f64::NAN, 1, "–"),
        ] {
            assert_eq!(german(value, decimals), text);
        }
    }
}
