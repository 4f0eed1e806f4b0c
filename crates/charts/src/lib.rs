//! Maps and charts as SVG, the same for page and paper.
