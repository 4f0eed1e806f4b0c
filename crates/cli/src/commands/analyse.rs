//! `kekiz analyse …`: methods on plain files.

mod areas;
mod children;
mod groups;
mod written;

use self::written::{object, rows};
use crate::analyse::{
    Access, Analyse, BivariateMoran, Funnel, FunnelOf, GetisOrd, GetisOrdKind, Inequality, Inferring, Local,
    Neighbourhood, Output, Rates, Segregation,
};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_analyse::{
    AccessRequest, AnalyseError, AreaSource, FunnelRequest, GlobalMethod, InequalityRequest, Inference,
    LocalMethod, PlaceTable, RatesRequest, SegregationRequest, SpatialRequest,
};
use kekiz_segregation::inference::{Draws, Null};
use kekiz_spatial::access::Decay;
use kekiz_spatial::autocorrelation::{DrawTable, Permutations, Scaling, Star};
use kekiz_stats::funnel::{FunnelKind, FunnelMethod};
use std::path::Path;

pub(super) fn run(analyse: &Analyse, terminal: &Terminal) -> Result<(), Failure> {
    match analyse {
        Analyse::Moran(a) => global(GlobalMethod::Moran, &a.neighbourhood, &a.inferring, &a.output, terminal),
        Analyse::Geary(a) => global(GlobalMethod::Geary, &a.neighbourhood, &a.inferring, &a.output, terminal),
        Analyse::JoinCount(a) => {
            global(GlobalMethod::JoinCount, &a.neighbourhood, &a.inferring, &a.output, terminal)
        }
        Analyse::LocalMoran(a) => local(LocalMethod::Moran, a, terminal),
        Analyse::LocalGeary(a) => local(LocalMethod::Geary, a, terminal),
        Analyse::BivariateMoran(a) => bivariate(a, terminal),
        Analyse::GetisOrd(a) => getis_ord(a, terminal),
        Analyse::Rates(a) => rates(a, terminal),
        Analyse::Funnel(a) => funnel(a, terminal),
        Analyse::Inequality(a) => inequality(a, terminal),
        Analyse::Access(a) => access(a, terminal),
        Analyse::Standardise(a) => areas::standardise(a, terminal),
        Analyse::Regionalise(a) => areas::regionalise(a, terminal),
        Analyse::Index(a) => areas::index(a, terminal),
        Analyse::Trend(a) => areas::trend(a, terminal),
        Analyse::Forecast(a) => areas::forecast(a, terminal),
        Analyse::Segregation(a) => segregation(a, terminal),
        Analyse::SegregationSpace(a) => groups::space(a, terminal),
        Analyse::SegregationDifference(a) => groups::difference(a, terminal),
        Analyse::SegregationSources(a) => groups::sources(a, terminal),
        Analyse::Facilities(a) => children::facilities(a, terminal),
        Analyse::Assign(a) => children::assign(a, terminal),
    }
}

impl From<AnalyseError> for Failure {
    fn from(error: AnalyseError) -> Self {
        match error {
            AnalyseError::Usage(text) => Failure::Usage(text),
            AnalyseError::Input(text) => Failure::Input(text),
        }
    }
}

fn spatial(arguments: &Neighbourhood) -> SpatialRequest {
    SpatialRequest {
        areas: arguments.areas.as_ref().map(|path| AreaSource {
            path: path.clone(),
            key: arguments.area_key.clone(),
            layer: arguments.layer.clone(),
            crs: arguments.crs.clone(),
        }),
        values: arguments.values.clone(),
        key: arguments.key.clone(),
        columns: arguments.value.iter().cloned().collect(),
        weights: arguments.weights.clone(),
        row_standardise: arguments.row_standardise,
        islands: arguments.islands,
    }
}

fn inference(arguments: &Inferring) -> Inference {
    Inference {
        alternative: arguments.alternative,
        permutations: Permutations {
            draws: arguments.permutations,
            seed: arguments.seed,
            threads: arguments.threads,
            table: if arguments.shared_table { DrawTable::Shared } else { DrawTable::Independent },
        },
        level: arguments.level,
        adjustment: arguments.adjust,
        scaling: if arguments.spdep_scaling { Scaling::Areas } else { Scaling::AreasMinusOne },
    }
}

fn global(
    method: GlobalMethod,
    neighbourhood: &Neighbourhood,
    inferring: &Inferring,
    output: &Output,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let (value, findings) = kekiz_analyse::global(method, &spatial(neighbourhood), &inference(inferring))?;
    object(&value, &findings, output, terminal)
}

fn local(method: LocalMethod, arguments: &Local, terminal: &Terminal) -> Result<(), Failure> {
    let request = spatial(&arguments.neighbourhood);
    let (table, findings) = kekiz_analyse::local(method, &request, &inference(&arguments.inferring))?;
    rows(&table, &findings, &arguments.output, terminal)
}

fn bivariate(arguments: &BivariateMoran, terminal: &Terminal) -> Result<(), Failure> {
    let mut request = spatial(&arguments.neighbourhood);
    request.columns.push(arguments.second.clone());
    let inference = inference(&arguments.inferring);
    if arguments.local {
        let (table, findings) = kekiz_analyse::local(LocalMethod::BivariateMoran, &request, &inference)?;
        return rows(&table, &findings, &arguments.output, terminal);
    }
    let (value, findings) = kekiz_analyse::global(GlobalMethod::BivariateMoran, &request, &inference)?;
    object(&value, &findings, &arguments.output, terminal)
}

fn getis_ord(arguments: &GetisOrd, terminal: &Terminal) -> Result<(), Failure> {
    let (request, inference) = (spatial(&arguments.neighbourhood), inference(&arguments.inferring));
    let star = match arguments.statistic {
        GetisOrdKind::G => {
            let (value, findings) = kekiz_analyse::global(GlobalMethod::GetisOrd, &request, &inference)?;
            return object(&value, &findings, &arguments.output, terminal);
        }
        GetisOrdKind::Gi => Star::Without,
        GetisOrdKind::GiStar => Star::With,
    };
    let (table, findings) = kekiz_analyse::local(LocalMethod::GetisOrd(star), &request, &inference)?;
    rows(&table, &findings, &arguments.output, terminal)
}

fn rates(arguments: &Rates, terminal: &Terminal) -> Result<(), Failure> {
    let neighbours = arguments.weights.as_ref().map(|weights| SpatialRequest {
        areas: arguments.areas.as_ref().map(|path| AreaSource {
            path: path.clone(),
            key: arguments.area_key.clone(),
            layer: None,
            crs: None,
        }),
        values: arguments.cases.values.clone(),
        key: arguments.cases.key.clone(),
        columns: Vec::new(),
        weights: weights.clone(),
        row_standardise: false,
        islands: arguments.islands,
    });
    let request = RatesRequest {
        values: arguments.cases.values.clone(),
        key: arguments.cases.key.clone(),
        numerator: arguments.cases.numerator.clone(),
        denominator: arguments.cases.denominator.clone(),
        method: arguments.method,
        level: arguments.level,
        neighbours,
    };
    let (table, findings) = kekiz_analyse::rates(&request)?;
    rows(&table, &findings, &arguments.output, terminal)
}

fn funnel(arguments: &Funnel, terminal: &Terminal) -> Result<(), Failure> {
    let (table, findings) = kekiz_analyse::funnel(&FunnelRequest {
        values: arguments.cases.values.clone(),
        key: arguments.cases.key.clone(),
        numerator: arguments.cases.numerator.clone(),
        denominator: arguments.cases.denominator.clone(),
        kind: if arguments.kind == FunnelOf::Rate { FunnelKind::Rate } else { FunnelKind::Share },
        method: if arguments.approximate { FunnelMethod::Approximate } else { FunnelMethod::Exact },
        target: arguments.target,
    })?;
    rows(&table, &findings, &arguments.output, terminal)
}

fn inequality(arguments: &Inequality, terminal: &Terminal) -> Result<(), Failure> {
    let (value, findings) = kekiz_analyse::inequality(&InequalityRequest {
        values: arguments.values.clone(),
        numerator: arguments.numerator.clone(),
        denominator: arguments.denominator.clone(),
        deprivation: arguments.deprivation.clone(),
    })?;
    object(&value, &findings, &arguments.output, terminal)
}

fn access(arguments: &Access, terminal: &Terminal) -> Result<(), Failure> {
    let table = |path: &Path, number: &str| PlaceTable {
        path: path.to_path_buf(),
        key: arguments.key.clone(),
        lon: arguments.lon.clone(),
        lat: arguments.lat.clone(),
        number: number.into(),
    };
    let mut steps = arguments.steps.clone();
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (table, findings) = kekiz_analyse::access(&AccessRequest {
        demand: table(&arguments.demand, &arguments.people),
        supply: table(&arguments.supply, &arguments.places),
        metres: arguments.reach,
        decay: if steps.is_empty() { Decay::None } else { Decay::Steps(steps) },
    })?;
    rows(&table, &findings, &arguments.output, terminal)
}

fn segregation(arguments: &Segregation, terminal: &Terminal) -> Result<(), Failure> {
    let request = SegregationRequest {
        counts: groups::counts(&arguments.counts),
        within: arguments.within.clone(),
        focal: arguments.focal.clone(),
        indices: arguments.indices.clone(),
        draws: Draws { draws: arguments.draws, seed: arguments.seed, threads: arguments.threads },
        null: if arguments.persons { Null::Persons } else { Null::Systematic },
        bootstrap: arguments.bootstrap,
    };
    let (value, findings) = kekiz_analyse::segregation(&request)?;
    object(&value, &findings, &arguments.output, terminal)
}
