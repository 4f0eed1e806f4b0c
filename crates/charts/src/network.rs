//! A network of actors: dots coloured by group, lines as thick as there are ties.

use crate::palette::categorical;
use crate::svg::{Anchor, Canvas, INK, SMALL, n, shorten, text_width};
use crate::words::count;
use crate::{Drawing, Frame};

/// One actor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkNode {
    /// Id of the actor.
    pub key: String,
    /// Name.
    pub name: String,
    /// Position of its group among the groups.
    pub group: usize,
    /// Place in the unit square, from left and from the top.
    pub at: [f64; 2],
    /// Drawn larger: who stands between others.
    pub strong: bool,
}

/// The picture of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkPicture {
    /// Place and title.
    pub frame: Frame,
    /// Names of the groups, at most eight have a colour of their own.
    pub groups: Vec<String>,
    /// Actors.
    pub nodes: Vec<NetworkNode>,
    /// Pairs of actors by position, with the number of ties; pairs beyond the actors are left out.
    pub ties: Vec<(usize, usize, u32)>,
}

/// Names are drawn for at most so many actors.
const NAMED: usize = 60;

impl NetworkPicture {
    /// Draws the network with the names beside the dots and the groups as a legend below.
    pub fn draw(&self) -> Drawing {
        let mut canvas = Canvas::new(&self.frame);
        if self.nodes.is_empty() {
            return canvas.empty("network");
        }
        let width = canvas.width;
        let size = width * 0.72;
        let margin = width * 0.05;
        let unit = |value: f64| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.5 };
        let place = |node: &NetworkNode| {
            [margin + unit(node.at[0]) * (width - 2.0 * margin), 16.0 + unit(node.at[1]) * (size - 32.0)]
        };
        canvas.raw(r##"<g stroke="#8a949e" stroke-linecap="round">"##);
        for (a, b, ties) in &self.ties {
            if let (Some(a), Some(b)) = (self.nodes.get(*a), self.nodes.get(*b)) {
                let wide = 1.2 + f64::from((*ties).min(5)) * 0.9;
                canvas.line(place(a), place(b), &format!(r#"stroke-width="{}""#, n(wide)));
            }
        }
        canvas.raw("</g>");
        let colours = categorical(self.groups.len().max(1));
        for node in &self.nodes {
            let [x, y] = place(node);
            let group = self.groups.get(node.group).map_or("", String::as_str);
            let label = if group.is_empty() { node.name.clone() } else { format!("{}, {group}", node.name) };
            let tag = canvas.open(None, &node.key, &label, false);
            let fill = colours.get(node.group % colours.len()).copied();
            let fill = fill.map_or_else(|| INK.to_string(), |colour| colour.to_string());
            let radius = if node.strong { 11.0 } else { 7.5 };
            canvas.circle(x, y, radius, &format!(r##"fill="{fill}" stroke="#fff" stroke-width="2""##));
            canvas.close(tag);
        }
        if self.nodes.len() <= NAMED {
            self.names(&mut canvas, &place);
        }
        let height = self.legend(&mut canvas, size + 14.0);
        canvas.finish("network", [width, height], self.sentence())
    }

    /// Names beside their dots, on the side with more room; a halo keeps them legible on lines.
    fn names(&self, canvas: &mut Canvas, place: &dyn Fn(&NetworkNode) -> [f64; 2]) {
        let halo = r##"font-size="12" paint-order="stroke" stroke="#fff" stroke-width="3.5" stroke-linejoin="round""##;
        let mut taken: Vec<[f64; 4]> = Vec::new();
        for node in &self.nodes {
            let [x, y] = place(node);
            let name = shorten(&node.name, SMALL, 210.0);
            let wide = text_width(&name, SMALL);
            let right = x + wide + 16.0 <= canvas.width;
            let left = if right { x + 13.0 } else { x - 13.0 - wide };
            // The first free line beside, below or above the dot.
            let line = [4.0, 17.0, -9.0, 30.0, -22.0].into_iter().find(|off| {
                let mine = [left, y + off - 11.0, left + wide, y + off + 2.0];
                taken
                    .iter()
                    .all(|one| one[2] < mine[0] || one[0] > mine[2] || one[3] < mine[1] || one[1] > mine[3])
            });
            let line = y + line.unwrap_or(4.0);
            taken.push([left, line - 11.0, left + wide, line + 2.0]);
            let (at, anchor) = if right { (x + 13.0, Anchor::Start) } else { (x - 13.0, Anchor::End) };
            canvas.text(at, line, anchor, halo, &name);
        }
    }

    /// Draws the groups that occur from `top` on and gives the height of the whole drawing.
    fn legend(&self, canvas: &mut Canvas, top: f64) -> f64 {
        let colours = categorical(self.groups.len().max(1));
        let (mut x, mut y) = (8.0, top + 10.0);
        for (at, group) in self.groups.iter().enumerate() {
            if !self.nodes.iter().any(|node| node.group == at) {
                continue;
            }
            let wide = text_width(group, SMALL) + 34.0;
            if x > 8.0 && x + wide > canvas.width {
                (x, y) = (8.0, y + 21.0);
            }
            let fill =
                colours.get(at % colours.len()).map_or_else(|| INK.to_string(), |colour| colour.to_string());
            canvas.circle(x + 6.0, y - 4.0, 6.0, &format!(r#"fill="{fill}""#));
            canvas.text(x + 17.0, y, Anchor::Start, r#"font-size="12""#, group);
            x += wide;
        }
        y + 12.0
    }

    fn sentence(&self) -> String {
        format!(
            "{}: {} mit {}.",
            self.frame.title,
            count(self.nodes.len(), "Akteur", "Akteure"),
            count(self.ties.len(), "Verbindung", "Verbindungen")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(count: usize) -> NetworkPicture {
        NetworkPicture {
            frame: Frame::new("netz", "Netz"),
            groups: vec!["Kitas".into(), "Schulen".into()],
            nodes: (0..count)
                .map(|i| NetworkNode {
                    key: format!("a{i}"),
                    name: format!("Stelle <{i}>"),
                    group: i,
                    at: [i as f64 / 3.0, f64::NAN],
                    strong: i == 1,
                })
                .collect(),
            ties: vec![(0, 1, 2), (1, 99, 1)],
        }
    }

    #[test]
    fn a_picture_holds_actors_ties_and_groups_and_survives_bad_numbers() {
        let drawing = picture(4).draw();
        assert_eq!(drawing.svg.matches("<path").count(), 1, "the tie with nobody is left out");
        assert_eq!(drawing.svg.matches("<g data-key").count(), 4);
        assert!(drawing.svg.contains("Schulen") && drawing.svg.contains("Stelle &lt;1&gt;"));
        assert!(!drawing.svg.contains("NaN"));
        assert_eq!(drawing.sentence, "Netz: 4 Akteure mit 2 Verbindungen.");
        assert!(picture(0).draw().sentence.contains("keine Werte"));
        assert_eq!(picture(70).draw(), picture(70).draw());
    }
}
