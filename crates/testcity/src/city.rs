//! Builds the whole city.

use crate::child::Child;
use crate::draw::{Draw, Stage, Weights};
use crate::error::CityError;
use crate::finding::{self, Outcome};
use crate::household::{self, Ground, Household};
use crate::kita::Kitas;
use crate::names::Names;
use crate::parameters::Parameters;
use crate::register::RegisterRow;
use crate::registers;
use crate::territory::Territory;
use crate::truth::{self, TrueLink};
use rayon::prelude::*;

/// Smallest city: fewer children leave Stadtteile empty.
const LEAST: usize = 500;
/// Largest city.
const MOST: usize = 5_000_000;
/// Households built at a time.
const BLOCK: usize = 4096;

/// Which city to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Children under 18, 500 to 5 million.
    pub children: usize,
    /// Seed; the same seed gives the same city.
    pub seed: u64,
}

/// A made-up city.
pub struct City {
    /// How it was asked for.
    pub plan: Plan,
    /// What it was built from.
    pub parameters: Parameters,
    /// Its parts, streets and addresses.
    pub territory: Territory,
    /// Households, numbered by place.
    pub households: Vec<Household>,
    /// Children, numbered by place; siblings stand together.
    pub children: Vec<Child>,
    pub(crate) names: Names,
}

impl City {
    /// Builds a city.
    ///
    /// # Errors
    /// [`CityError::Children`] for a number outside 500 to 5,000,000, [`CityError::Parameters`] when a shipped file
    /// is broken.
    pub fn build(plan: Plan) -> Result<Self, CityError> {
        if !(LEAST..=MOST).contains(&plan.children) {
            return Err(CityError::Children { children: plan.children, least: LEAST, most: MOST });
        }
        let parameters = Parameters::shipped()?;
        let names = Names::shipped(&parameters.origins)?;
        let territory = Territory::new(plan.seed, plan.children, &names);
        let ground =
            Ground { seed: plan.seed, parameters: &parameters, territory: &territory, names: &names };
        let (households, mut children) = settle(plan.children, &ground);
        let kitas = Kitas::new(plan.seed, plan.children, &parameters, &territory);
        let early = habit(&parameters, "kita_vor_3")?;
        let area_poverty = poverty_by_area(&children, &households, territory.len());
        children.par_iter_mut().enumerate().for_each(|(number, child)| {
            draw_habits(plan.seed, number, child, &parameters);
            let home = households[child.household].area;
            let place = kitas.place(&ground, number, child, home, child.habits[early]);
            (child.kita_start, child.kita) = place.unzip();
        });
        finding::draw_findings(&ground, &mut children, &households, &area_poverty, &kitas, early);
        Ok(Self { plan, parameters, territory, households, children, names })
    }

    /// Findings among children with SGB II and others, as they truly are, with the published shares.
    pub fn outcomes(&self) -> Vec<Outcome> {
        finding::count(&self.children, &self.parameters)
    }

    /// Which record of which register is which child.
    pub fn truth(&self) -> Vec<TrueLink> {
        truth::links(self, &self.rows())
    }

    /// Names that exist nowhere else.
    pub fn canaries(&self) -> Vec<&str> {
        let names = &self.names;
        let all = names.canary_surnames.iter().chain(&names.canary_first_names);
        all.map(String::as_str).chain([names.canary_street.as_str()]).collect()
    }

    /// The rows of the registers that name children.
    pub(crate) fn rows(&self) -> Vec<(registers::Register, Vec<RegisterRow>)> {
        registers::named(self)
    }
}

fn habit(parameters: &Parameters, id: &str) -> Result<usize, CityError> {
    parameters
        .habits
        .iter()
        .position(|habit| habit.id == id)
        .ok_or_else(|| CityError::Parameters { file: "stadt.toml", reason: format!("[[habits]] {id} fehlt") })
}

/// Households with exactly the wanted number of children; the last one may have to leave some out.
fn settle(wanted: usize, ground: &Ground<'_>) -> (Vec<Household>, Vec<Child>) {
    let Ground { parameters, territory, .. } = *ground;
    let sizes = Weights::new(parameters.household_sizes.weights.iter().copied());
    let origins = Weights::new(parameters.origins.iter().map(|origin| origin.share));
    let mut bases = Vec::new();
    let mut count = 0;
    while count < wanted {
        let from = bases.len();
        let block: Vec<household::Base> = (from..from + BLOCK)
            .into_par_iter()
            .map(|number| household::base(ground, number, &sizes, &origins))
            .collect();
        for mut base in block {
            if count == wanted {
                break;
            }
            base.births.truncate(wanted - count);
            count += base.births.len();
            bases.push(base);
        }
    }
    let spread = parameters.assumed("area_spread");
    let slope = |base: &household::Base| {
        spread * territory.poverty[base.area]
            + parameters.origins[base.origin].sgb2
            + if base.single_parent { 1.2 } else { 0.0 }
    };
    let weighted: Vec<(f64, f64)> =
        bases.iter().map(|base| (slope(base), base.births.len() as f64)).collect();
    let constant = finding::constant(&weighted, parameters.assumed("sgb2_share"));
    let settled: Vec<(Household, Vec<Child>)> = bases
        .par_iter()
        .enumerate()
        .map(|(number, base)| {
            let chance = finding::probability(constant, slope(base));
            household::settle(ground, number, base, chance)
        })
        .collect();
    let mut households = Vec::with_capacity(settled.len());
    let mut children = Vec::with_capacity(wanted);
    for (mut household, own) in settled {
        household.first_child = children.len();
        children.extend(own);
        households.push(household);
    }
    (households, children)
}

fn poverty_by_area(children: &[Child], households: &[Household], areas: usize) -> Vec<f64> {
    let mut counts = vec![[0_u32; 2]; areas];
    for child in children {
        counts[households[child.household].area][usize::from(child.sgb2)] += 1;
    }
    counts.into_iter().map(|[other, poor]| f64::from(poor) / f64::from((other + poor).max(1))).collect()
}

fn draw_habits(seed: u64, number: usize, child: &mut Child, parameters: &Parameters) {
    let mut draw = Draw::new(seed, Stage::Habit, number);
    let habits = parameters.habits.iter();
    child.habits = habits.map(|h| draw.chance(if child.sgb2 { h.sgb2 } else { h.other })).collect();
    let help = if child.sgb2 { "hilfe_sgb2" } else { "hilfe_other" };
    child.help = draw.chance(parameters.assumed(help));
}
