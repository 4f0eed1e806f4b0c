//! `kekiz analyse …` on figures of areas.

use super::spatial;
use super::written::{report, rows};
use crate::analyse::{Forecast, Index, Regionalise, RegionaliseBy, Standardise, Trend};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_analyse::{
    ForecastRequest, IndexRequest, RegionaliseMethod, RegionaliseRequest, StandardTable, StandardiseRequest,
    TrendRequest,
};
use kekiz_spatial::regionalise::MaxP;
use kekiz_stats::forecast::{Draws, Settings};
use kekiz_stats::index::{SensitivitySettings, WeightDraws};
use kekiz_stats::trend::Segments;

pub(super) fn standardise(arguments: &Standardise, terminal: &Terminal) -> Result<(), Failure> {
    let standard = arguments.standard.as_ref().zip(arguments.standard_persons.as_ref());
    let (table, findings) = kekiz_analyse::standardise(&StandardiseRequest {
        values: arguments.cases.values.clone(),
        key: arguments.cases.key.clone(),
        stratum: arguments.stratum.clone(),
        numerator: arguments.cases.numerator.clone(),
        denominator: arguments.cases.denominator.clone(),
        standard: standard.map(|(path, persons)| StandardTable {
            path: path.clone(),
            persons: persons.clone(),
            cases: arguments.standard_cases.clone(),
        }),
        method: arguments.method,
        interval: arguments.interval,
        level: arguments.level,
    })?;
    rows(&table, &findings, &arguments.output, terminal)
}

pub(super) fn regionalise(arguments: &Regionalise, terminal: &Terminal) -> Result<(), Failure> {
    let mut request = spatial(&arguments.neighbourhood);
    request.columns.extend(arguments.attribute.iter().cloned());
    let method = match (arguments.method, arguments.regions) {
        (RegionaliseBy::Skater, Some(regions)) => RegionaliseMethod::Skater { regions },
        (RegionaliseBy::Skater, None) => {
            return Err(Failure::Usage(
                "Es fehlt die Zahl der Gruppen. Abhilfe: zum Beispiel --regions 6 angeben.".into(),
            ));
        }
        (RegionaliseBy::MaxP, _) => RegionaliseMethod::MaxP(MaxP {
            starts: arguments.starts,
            seed: arguments.seed,
            threads: arguments.threads,
            ..MaxP::default()
        }),
    };
    let (table, findings) = kekiz_analyse::regionalise(&RegionaliseRequest {
        spatial: request,
        method,
        size: arguments.size_column.clone(),
        least: arguments.min_size,
        raw: arguments.raw,
    })?;
    rows(&table, &findings, &arguments.output, terminal)
}

pub(super) fn index(arguments: &Index, terminal: &Terminal) -> Result<(), Failure> {
    let weights = arguments
        .weight_spread
        .map_or(WeightDraws::Dirichlet { concentration: arguments.concentration }, |spread| {
            WeightDraws::Uniform { spread }
        });
    let (table, findings) = kekiz_analyse::index(&IndexRequest {
        values: arguments.values.clone(),
        key: arguments.key.clone(),
        indicators: arguments.columns.clone(),
        normalisations: arguments.normalisation.clone(),
        principal_component: arguments.principal_component,
        classes: arguments.classes,
        sensitivity: SensitivitySettings { draws: arguments.draws, seed: arguments.seed, weights },
    })?;
    rows(&table, &findings, &arguments.output, terminal)
}

pub(super) fn trend(arguments: &Trend, terminal: &Terminal) -> Result<(), Failure> {
    let (table, findings) = kekiz_analyse::trend(&TrendRequest {
        values: arguments.values.clone(),
        key: arguments.key.clone(),
        time: arguments.time.clone(),
        value: arguments.value.clone(),
        span: arguments.span,
        level: arguments.level,
        segments: if arguments.lines { Segments::Lines } else { Segments::Levels },
        penalty: arguments.penalty,
        shortest: arguments.shortest,
    })?;
    rows(&table, &findings, &arguments.output, terminal)
}

pub(super) fn forecast(arguments: &Forecast, terminal: &Terminal) -> Result<(), Failure> {
    let (table, checks, findings) = kekiz_analyse::forecast(&ForecastRequest {
        counts: arguments.counts.clone(),
        key: arguments.key.clone(),
        year: arguments.year.clone(),
        age: arguments.age.clone(),
        count: arguments.count.clone(),
        women: arguments.women.clone(),
        settings: Settings { horizon: arguments.years, base: arguments.base, shrink: arguments.shrink },
        groups: arguments.ages.iter().map(|ages| ages.0).collect(),
        draws: Draws {
            draws: arguments.draws,
            seed: arguments.seed,
            level: arguments.level,
            threads: arguments.threads,
        },
    })?;
    report(arguments.report.as_deref(), &checks, terminal)?;
    rows(&table, &findings, &arguments.output, terminal)
}
