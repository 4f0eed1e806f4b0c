//! Protecting all indicators of a release: those made from the same variables together.

use crate::error::AppError;
use crate::project::Project;
use crate::release::strictness;
use kekiz_base::{AreaTree, Cube, Figures, IndicatorKind};
use kekiz_disclosure::{
    Atom, Audit, History, Made, Member, Policy, Release, protect_together, tied, tied_by_numbers,
};
use kekiz_indicators::{Definition, Expression, Formula, IntervalMethod, compute_on_territory};
use kekiz_lake::Published;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// An indicator on its way to the gate.
pub(crate) struct Prepared<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) cube: Cube,
    pub(crate) policy: Policy,
}

/// What came out of the gate for one indicator: a release, or the reason why not.
pub(crate) type Outcome = Result<(Release, Audit), String>;

/// What an expression makes of its variables, in the words of the gate.
fn made(expression: &Expression) -> Made {
    let atom = |variable: &kekiz_indicators::Variable| Atom {
        variable: variable.name.clone(),
        group: variable.group.clone(),
    };
    match expression.terms() {
        Some(terms) => Made::Sum(terms.into_iter().map(|(variable, plus)| (atom(variable), plus)).collect()),
        None => Made::Otherwise(expression.variables().iter().map(atom).collect()),
    }
}

/// What numerators and denominators are made from. A published value is no count and undone by nobody knows what.
fn sides(definition: &Definition) -> (Option<Made>, Option<Made>) {
    match &definition.formula {
        Formula::Count(count) => (Some(made(count)), None),
        Formula::Quotient { numerator, denominator } => (Some(made(numerator)), Some(made(denominator))),
        Formula::Value(value) => {
            let atoms = value.variables().iter();
            let atom =
                |v: &kekiz_indicators::Variable| Atom { variable: v.name.clone(), group: v.group.clone() };
            (Some(Made::Otherwise(atoms.map(atom).collect())), None)
        }
    }
}

/// Protects indicators; those made from the same variables together, by the strictest of their policies.
///
/// Gives an outcome for each, in their order. When one is refused, all that share variables with it are.
pub(crate) fn protect_all(
    project: &Project,
    prepared: &[Prepared<'_>],
    figures: &Figures,
    tree: &AreaTree,
    published: &Published,
) -> Result<Vec<Outcome>, AppError> {
    let made: Vec<(Option<Made>, Option<Made>)> = prepared.iter().map(|one| sides(one.definition)).collect();
    let borrowed: Vec<_> = made.iter().map(|(cases, persons)| (cases.as_ref(), persons.as_ref())).collect();
    let histories: Vec<History> =
        prepared.iter().map(|one| published.history(&one.cube.meta.id)).collect::<Result<_, _>>()?;
    let mut outcomes: BTreeMap<usize, Outcome> = BTreeMap::new();
    let cubes: Vec<&Cube> = prepared.iter().map(|one| &one.cube).collect();
    for group in tied_by_numbers(tied(&borrowed), &cubes) {
        let through = group.iter().all(|&one| prepared[one].policy.passes_through());
        let groups = if through { group.iter().map(|&one| vec![one]).collect() } else { vec![group] };
        for group in groups {
            let Some(policy) =
                group.iter().map(|&one| &prepared[one].policy).max_by_key(|policy| strictness(&policy.id))
            else {
                continue;
            };
            let atoms = if group.len() > 1 {
                atom_cubes(project, prepared, &group, figures, tree)
            } else {
                Vec::new()
            };
            let none = History::empty();
            let mut members: Vec<Member<'_>> = group
                .iter()
                .map(|&one| Member {
                    cases: made[one].0.clone(),
                    persons: made[one].1.clone(),
                    ..Member::alone(&prepared[one].cube, &histories[one])
                })
                .collect();
            members.extend(atoms.iter().map(|(variable, cube)| Member {
                published: false,
                cases: Some(Made::Sum(vec![(Atom { variable: variable.clone(), group: None }, true)])),
                ..Member::alone(cube, &none)
            }));
            match protect_together(&members, policy) {
                Ok(releases) => outcomes.extend(group.iter().copied().zip(releases.into_iter().map(Ok))),
                Err(refusal) => outcomes.extend(group.iter().map(|&one| (one, Err(refusal.to_string())))),
            }
        }
    }
    Ok(outcomes.into_values().collect())
}

/// The numbers of the variables that sums of a group are made from, whether an indicator shows them or not.
fn atom_cubes(
    project: &Project,
    prepared: &[Prepared<'_>],
    group: &[usize],
    figures: &Figures,
    tree: &AreaTree,
) -> Vec<(SmolStr, Cube)> {
    let mut variables: BTreeSet<SmolStr> = BTreeSet::new();
    for &one in group {
        for (_, expression) in prepared[one].definition.formula.expressions() {
            if let Some(terms) = expression.terms().filter(|terms| terms.len() > 1) {
                variables.extend(terms.into_iter().map(|(variable, _)| variable.name.clone()));
            }
        }
    }
    let cube = |variable: SmolStr| {
        let definition = Definition {
            kind: IndicatorKind::Count,
            formula: Formula::Count(Expression::parse(&format!("`{variable}`")).ok()?),
            factor: 1.0,
            interval: IntervalMethod::None,
            minimum_base: 0,
            smoothing: false,
            compare_parent: false,
            groups: None,
            levels: None,
            ..prepared.get(*group.first()?)?.definition.clone()
        };
        let (cube, _) = compute_on_territory(&definition, figures, tree, &project.config.changes).ok()?;
        Some((variable, cube))
    };
    variables.into_iter().filter_map(cube).collect()
}
