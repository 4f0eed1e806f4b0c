//! Medians: `cargo bench -p kekiz-linkage`.

use divan::{Bencher, black_box, counter::ItemsCount};
use kekiz_linkage::clk::{Encoded, similar};
use kekiz_linkage::similarity::{damerau_levenshtein_within, jaro_winkler};

fn main() {
    divan::main();
}

fn encoded(records: u64, words: u64, seed: u64) -> Encoded {
    let word = |at: u64| (at + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(at | 1);
    Encoded::new(words as usize, (0..records * words).map(word).collect())
}

/// Comparisons of 1,024 bits per second of one core.
#[divan::bench(sample_count = 20)]
fn dice_4_096_by_4_096(bencher: Bencher) {
    let (a, b) = (encoded(4_096, 16, 1), encoded(4_096, 16, 2));
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else { return };
    bencher
        .counter(ItemsCount::new(4_096_usize * 4_096))
        .bench(|| pool.install(|| similar(black_box(&a), black_box(&b), 0.85).len()));
}

const NAMES: [(&str, &str); 4] =
    [("mueller", "muller"), ("schmidt", "schmitt"), ("yilmaz", "kowalski"), ("anna lena", "lena anna")];

#[divan::bench]
fn jaro_winkler_4_pairs() -> f64 {
    NAMES.iter().map(|(a, b)| jaro_winkler(black_box(a.as_bytes()), black_box(b.as_bytes()))).sum()
}

#[divan::bench]
fn damerau_levenshtein_4_pairs() -> usize {
    let close = |(a, b): &&(&str, &str)| {
        damerau_levenshtein_within(black_box(a.as_bytes()), black_box(b.as_bytes()), 2)
    };
    NAMES.iter().filter(close).count()
}
