//! Whether something stands where one would not look for it.

use super::{Choice, Filer};
use crate::Subject;

/// The other place must be at least so likely.
const SURE: f64 = 0.8;
/// And so many times as likely as the one it stands in.
const TIMES: f64 = 6.0;

/// Where the model would rather have a work. At least one of the two is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The sector it would be in.
    pub sector: Option<Choice>,
    /// The category it would be in, within the sector it stands in.
    pub category: Option<Choice>,
}

impl Filer {
    /// Whether a work that stands in this sector and category, as printed, would be expected in quite another. Learn the filer
    /// from editions without this one: what has seen the entry in its place hardly doubts it.
    pub fn doubt(&self, subject: &Subject, sector: &str, category: &str) -> Option<Doubt> {
        let vector = self.scale.vector(&self.vocabulary.look_up(subject));
        let (sector, category) = self.places.find(sector, category)?;
        let all: Vec<usize> = (0..self.places.sectors.len()).collect();
        let other = |model: &super::Model, among: &[usize], at: usize, names: &[String]| -> Option<Choice> {
            let (best, choice) = model.choose(&self.vocabulary, &vector, among, names);
            let here = among.iter().position(|one| *one == at).map(|here| model.probabilities(&vector, among)[here])?;
            (best != Some(at) && choice.probability >= SURE && choice.probability >= TIMES * here && !choice.because.is_empty()).then_some(choice)
        };
        let doubt = Doubt {
            sector: other(&self.sectors, &all, sector, &self.places.sector_names()),
            category: category.and_then(|category| other(&self.categories, &self.places.sectors[sector].categories, category, self.places.category_names())),
        };
        (doubt.sector.is_some() || doubt.category.is_some()).then_some(doubt)
    }
}
