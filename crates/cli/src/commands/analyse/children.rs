//! `kekiz analyse …` on children and the facilities they attend.

use super::written::{report, rows};
use crate::analyse::{Assign, Facilities};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_analyse::{AssignRequest, ChildTable, FacilitiesRequest, FacilityTable};

pub(super) fn facilities(arguments: &Facilities, terminal: &Terminal) -> Result<(), Failure> {
    let places = arguments.facilities.as_ref().zip(arguments.facility_key.as_ref());
    let both = || (arguments.lon.clone(), arguments.lat.clone());
    let (table, findings) = kekiz_analyse::facilities(&FacilitiesRequest {
        children: ChildTable {
            path: arguments.children.children.clone(),
            key: arguments.children.key.clone(),
            at: places.map(|_| both()),
            group: arguments.children.group.clone(),
            facility: Some(arguments.facility.clone()),
            entry: arguments.entry.clone(),
        },
        focal: arguments.focal.clone(),
        facilities: places.map(|(path, key)| FacilityTable {
            path: path.clone(),
            key: key.clone(),
            lon: arguments.lon.clone(),
            lat: arguments.lat.clone(),
            places: None,
        }),
        level: arguments.level,
    })?;
    rows(&table, &findings, &arguments.output, terminal)
}

pub(super) fn assign(arguments: &Assign, terminal: &Terminal) -> Result<(), Failure> {
    let (table, summary, findings) = kekiz_analyse::assign(&AssignRequest {
        children: ChildTable {
            path: arguments.children.children.clone(),
            key: arguments.children.key.clone(),
            at: Some((arguments.lon.clone(), arguments.lat.clone())),
            group: arguments.children.group.clone(),
            facility: arguments.facility.clone(),
            entry: None,
        },
        facilities: FacilityTable {
            path: arguments.facilities.clone(),
            key: arguments.facility_key.clone(),
            lon: arguments.lon.clone(),
            lat: arguments.lat.clone(),
            places: Some(arguments.places.clone()),
        },
        reach: arguments.reach.unwrap_or(f64::INFINITY),
    })?;
    report(arguments.report.as_deref(), &summary, terminal)?;
    rows(&table, &findings, &arguments.output, terminal)
}
