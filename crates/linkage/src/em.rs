//! Estimating what agreement means: expectation–maximisation over patterns of agreement.
//!
//! Pairs are of one of three classes: matches (M), different persons of one household (H), and everybody else (U).
//! Within a class, comparisons agree independently. With two classes this is the model of Fellegi and Sunter (1969,
//! JASA 64, 1183–1210) estimated as in Winkler (1988) and Jaro (1989); the third class takes up what independence
//! among non-matches misses most among children: siblings and twins agree in surname and address at once.
//!
//! The likelihood is that of *all* pairs. Only candidates (pairs of the blocking rules) are looked at one by one;
//! the rest counts as unlinked, and its levels follow from those of all pairs less those of the candidates. So no
//! column has to be left out because it is part of a blocking rule, the share of matches needs no guess, and random
//! pairs that happen to be matches do not blur the probabilities of the unlinked.

/// Levels of one pattern, one per comparison; 0 is missing and says nothing.
pub type Pattern = Vec<u8>;

/// Candidate pairs by pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternCount {
    /// Levels.
    pub levels: Pattern,
    /// Pairs (scaled up if the candidates were sampled).
    pub count: f64,
}

/// Probabilities of the levels of one comparison in one class, index 0 being level 1.
pub type Levels = Vec<f64>;

/// Parameters of the three classes.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Parameters {
    /// Share of matches among all pairs.
    pub matching: f64,
    /// Share of different persons of one household among all pairs; 0 without this class.
    pub household: f64,
    /// Levels among matches, per comparison.
    pub m: Vec<Levels>,
    /// Levels among unlinked pairs.
    pub u: Vec<Levels>,
    /// Levels among different persons of one household.
    pub h: Vec<Levels>,
}

/// What all pairs are, besides the candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct AllPairs {
    /// Number of pairs.
    pub count: f64,
    /// Share of each level (from 1) among the pairs in which nothing is missing, per comparison.
    pub levels: Vec<Levels>,
    /// Share of pairs in which nothing is missing, per comparison.
    pub present: Vec<f64>,
}

/// What is known of a comparison among different persons of one household.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tie {
    /// Nothing: its levels are estimated, as for surname and address.
    #[default]
    Free,
    /// Members agree as often as anybody: given names, sex, numbers.
    AsUnlinked,
    /// Members agree as often as anybody, but for a share of twins, who agree wholly (level 1): dates of birth. The
    /// share is estimated up to [`MOST_TWINS`].
    Twins,
}

/// Largest share of twins among pairs of one household. About one birth in thirty gives twins; among the pairs of
/// siblings in a register they are fewer. Without a bound, matches whose other columns differ would count as twins.
pub const MOST_TWINS: f64 = 0.08;

/// Largest share of matches whose given names wholly disagree, where households are a class: a call name that is none
/// of the given names, or a wrong entry. Without a bound twins, who agree in everything else, can make a whole class of
/// matches with two names.
pub const MOST_RENAMED: f64 = 0.05;

/// Largest share of matches whose given names wholly disagree, without households.
pub const MOST_OTHER_GIVEN: f64 = 0.2;

/// Largest share of matches whose family names wholly disagree: marriages and families that come together.
pub const MOST_OTHER_SURNAME: f64 = 0.3;

/// Largest share of matches whose dates agree in no more than the year.
///
/// Where two files share few persons, pairs that agree in one common name are far more than matches. Without these
/// bounds they are the class with the larger likelihood, and every pair of namesakes a match.
pub const MOST_OTHER_DATE: f64 = 0.03;

/// Levels that say little for a match, of which matches can have few only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weak {
    /// How many levels, counted from the last one.
    pub levels: usize,
    /// Their largest share among matches.
    pub most: f64,
}

/// What stays as given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fixed {
    /// Share of matches.
    pub matching: bool,
    /// Share of household pairs.
    pub household: bool,
    /// Levels among matches, per comparison.
    pub m: Vec<bool>,
    /// Levels among unlinked pairs, per comparison.
    pub u: Vec<bool>,
    /// Levels among household pairs, per comparison.
    pub h: Vec<bool>,
    /// What is known of household pairs, per comparison; free where the list ends.
    pub ties: Vec<Tie>,
    /// The last levels of a comparison, and their largest share among matches; free where the list ends.
    pub most_else: Vec<Weak>,
    /// Largest share of matches among all pairs.
    pub most_matching: Option<f64>,
}

/// How the estimation went.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Convergence {
    /// Log-likelihood before each round and after the last (natural logarithm).
    pub log_likelihood: Vec<f64>,
    /// Largest change of a probability in each round.
    pub largest_change: Vec<f64>,
    /// Whether the last change was below the tolerance.
    pub converged: bool,
}

/// Change of a probability below which estimation ends.
pub const TOLERANCE: f64 = 1e-5;

/// Expected numbers of one class.
struct Expected {
    pairs: f64,
    levels: Vec<Levels>,
}

impl Expected {
    fn new(like: &[Levels]) -> Self {
        Self { pairs: 0.0, levels: like.iter().map(|levels| vec![0.0; levels.len()]).collect() }
    }

    fn add(&mut self, pattern: &[u8], pairs: f64) {
        self.pairs += pairs;
        for (levels, level) in self.levels.iter_mut().zip(pattern) {
            if let Some(level) = level.checked_sub(1) {
                levels[usize::from(level)] += pairs;
            }
        }
    }

    /// Shares of the levels; the old ones where nothing was seen.
    fn shares(&self, comparison: usize, old: &[f64]) -> Levels {
        shares(&self.levels[comparison], old)
    }
}

fn shares(counts: &[f64], old: &[f64]) -> Levels {
    let sum: f64 = counts.iter().sum();
    if sum > 0.0 { counts.iter().map(|count| count / sum).collect() } else { old.to_vec() }
}

/// Probability of a pattern in a class.
fn probability(pattern: &[u8], class: &[Levels]) -> f64 {
    let one = |(level, levels): (&u8, &Levels)| level.checked_sub(1).map_or(1.0, |l| levels[usize::from(l)]);
    pattern.iter().zip(class).map(one).product()
}

/// One round: log-likelihood of the parameters as they are, and the parameters that follow.
///
/// `unlinked_rest` holds the levels of the pairs that are no candidates.
fn round(
    candidates: &[PatternCount],
    all: &AllPairs,
    rest: &[Levels],
    parameters: &Parameters,
    fixed: &Fixed,
) -> (f64, Parameters) {
    let unlinked = 1.0 - parameters.matching - parameters.household;
    let mut matches = Expected::new(&parameters.m);
    let mut household = Expected::new(&parameters.h);
    let mut others = Expected::new(&parameters.u);
    let mut log_likelihood = 0.0;
    let mut seen = 0.0;
    for PatternCount { levels, count } in candidates {
        let m = parameters.matching * probability(levels, &parameters.m);
        let h = parameters.household * probability(levels, &parameters.h);
        let u = unlinked * probability(levels, &parameters.u);
        let sum = m + h + u;
        if sum > 0.0 {
            log_likelihood += count * sum.ln();
            matches.add(levels, count * m / sum);
            household.add(levels, count * h / sum);
            others.add(levels, count * u / sum);
        }
        seen += count;
    }
    let outside = (all.count - seen).max(0.0);
    if outside > 0.0 {
        log_likelihood += outside * unlinked.ln();
    }
    others.pairs += outside;
    for ((rest, levels), u) in rest.iter().zip(&mut others.levels).zip(&parameters.u) {
        for ((rest, level), u) in rest.iter().zip(levels).zip(u) {
            if *rest > 0.0 {
                log_likelihood += rest * u.ln();
                *level += rest;
            }
        }
    }
    let is = |list: &[bool], at: usize| list.get(at).copied().unwrap_or(false);
    let mut tied: Vec<Option<Levels>> = vec![None; parameters.h.len()];
    for (at, tied) in tied.iter_mut().enumerate() {
        if is(&fixed.h, at) {
            continue;
        }
        let (own, unlinked) = (&mut household.levels[at], &mut others.levels[at]);
        *tied = match fixed.ties.get(at).copied().unwrap_or_default() {
            Tie::Free => None,
            Tie::AsUnlinked => Some(Vec::new()),
            Tie::Twins => {
                // Twins are a class within the class: its share of those who agree wholly.
                let (old, u) = (parameters.h[at][0], parameters.u[at][0]);
                let share = if u < 1.0 { ((old - u) / (1.0 - u)).max(0.0) } else { 0.0 };
                let twins = if old > 0.0 { own[0] * share / old } else { 0.0 };
                let all: f64 = own.iter().sum();
                own[0] -= twins;
                let twins = if all > 0.0 { (twins / all).min(MOST_TWINS) } else { share };
                Some(vec![twins])
            }
        };
        if tied.is_some() {
            unlinked.iter_mut().zip(own).for_each(|(unlinked, own)| *unlinked += *own);
        }
    }
    let class = |expected: &Expected, old: &[Levels], fixed: &[bool]| -> Vec<Levels> {
        let one = |(at, old): (usize, &Levels)| {
            if is(fixed, at) { old.clone() } else { expected.shares(at, old) }
        };
        old.iter().enumerate().map(one).collect()
    };
    let total = matches.pairs + household.pairs + others.pairs;
    let share =
        |expected: f64, old: f64, fixed: bool| if fixed || total <= 0.0 { old } else { expected / total };
    let next = Parameters {
        matching: share(matches.pairs, parameters.matching, fixed.matching),
        household: share(household.pairs, parameters.household, fixed.household),
        m: class(&matches, &parameters.m, &fixed.m),
        u: class(&others, &parameters.u, &fixed.u),
        h: class(&household, &parameters.h, &fixed.h),
    };
    let mut next = next;
    if let Some(most) = fixed.most_matching.filter(|most| !fixed.matching && next.matching > *most) {
        // The rest is divided between the other classes as they are, which keeps the likelihood largest.
        let rest = 1.0 - next.matching;
        next.matching = most;
        if !fixed.household && rest > 0.0 {
            next.household *= (1.0 - most) / rest;
        }
    }
    for (at, (levels, weak)) in next.m.iter_mut().zip(&fixed.most_else).enumerate() {
        if !is(&fixed.m, at) {
            bound_weak(levels, *weak);
        }
    }
    for (at, tied) in tied.into_iter().enumerate() {
        let Some(twins) = tied else { continue };
        let twins = twins.first().copied().unwrap_or(0.0);
        next.h[at] = next.u[at].iter().map(|u| (1.0 - twins) * u).collect();
        next.h[at][0] += twins;
    }
    (log_likelihood, next)
}

/// Keeps the last levels within a bound. Of all levels that keep it these have the largest likelihood, so the
/// likelihood still never falls.
fn bound_weak(levels: &mut Levels, bound: Weak) {
    let strong = levels.len().saturating_sub(bound.levels);
    let (strong, weak) = levels.split_at_mut(strong);
    let (good, bad): (f64, f64) = (strong.iter().sum(), weak.iter().sum());
    if bad > bound.most && good > 0.0 {
        weak.iter_mut().for_each(|level| *level = *level / bad * bound.most);
        // Divided first: next to nothing on all good levels would make infinity of the quotient.
        strong.iter_mut().for_each(|level| *level = *level / good * (1.0 - bound.most));
    }
}

/// Levels of the pairs that are no candidates, as numbers of pairs.
fn outside(candidates: &[PatternCount], all: &AllPairs) -> Vec<Levels> {
    let mut rest: Vec<Levels> = all
        .levels
        .iter()
        .zip(&all.present)
        .map(|(levels, present)| levels.iter().map(|share| share * present * all.count).collect())
        .collect();
    for PatternCount { levels, count } in candidates {
        for (rest, level) in rest.iter_mut().zip(levels) {
            if let Some(level) = level.checked_sub(1) {
                rest[usize::from(level)] -= count;
            }
        }
    }
    // Sampling noise can leave less than nothing.
    rest.iter_mut().flatten().for_each(|count| *count = count.max(0.0));
    rest
}

/// Estimates the parameters from `start` on. The log-likelihood never falls from one round to the next.
///
/// `candidates` may be empty; then the parameters stay as they are. Level numbers must fit the lengths of the
/// parameters' lists.
pub fn expectation_maximisation(
    candidates: &[PatternCount],
    all: &AllPairs,
    start: &Parameters,
    fixed: &Fixed,
    rounds: u32,
) -> (Parameters, Convergence) {
    let rest = outside(candidates, all);
    let mut parameters = start.clone();
    let mut report = Convergence {
        log_likelihood: Vec::new(),
        largest_change: Vec::new(),
        converged: candidates.is_empty(),
    };
    if candidates.is_empty() {
        return (parameters, report);
    }
    for _ in 0..rounds {
        let (log_likelihood, next) = round(candidates, all, &rest, &parameters, fixed);
        report.log_likelihood.push(log_likelihood);
        let change = largest_change(&parameters, &next);
        report.largest_change.push(change);
        parameters = next;
        if change < TOLERANCE {
            report.converged = true;
            break;
        }
    }
    report.log_likelihood.push(round(candidates, all, &rest, &parameters, fixed).0);
    (parameters, report)
}

fn largest_change(a: &Parameters, b: &Parameters) -> f64 {
    let levels = |x: &[Levels], y: &[Levels]| {
        let flat = x.iter().flatten().zip(y.iter().flatten());
        flat.map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
    };
    // Shares of classes are tiny: their change is taken relative to themselves.
    let share = |x: f64, y: f64| if x == y { 0.0 } else { (x - y).abs() / x.max(y) };
    levels(&a.m, &b.m)
        .max(levels(&a.u, &b.u))
        .max(levels(&a.h, &b.h))
        .max(share(a.matching, b.matching))
        .max(share(a.household, b.household))
}
