//! Features to numbers: a word that few works have weighs more than one that all have (TF-IDF), and no work weighs more for being long.

use super::features::{Features, Field, OF_WORDS, Vocabulary};

/// How much each feature weighs before anything is learned, by what works were read until now.
#[derive(Clone, Debug)]
pub struct Scale {
    rarity: Vec<f32>,
    fields: Vec<Field>,
    of_unknown: f32,
    weight: Weight,
}

/// How much each field may say beside a text, which has 1; a field of no weight is left out.
pub type Weight = fn(Field) -> f32;

/// A work in numbers: feature and value.
pub type Vector = Vec<(u32, f32)>;

impl Scale {
    /// The scale of a vocabulary as it is now.
    pub fn of(vocabulary: &Vocabulary, weight: Weight) -> Self {
        let works = vocabulary.works() as f32;
        let rarity = |seen: u32| ((1.0 + works) / (1.0 + seen as f32)).ln() + 1.0;
        Self {
            rarity: vocabulary.features().map(|(_, works)| rarity(works)).collect(),
            fields: vocabulary.features().map(|(field, _)| field).collect(),
            of_unknown: rarity(0),
            weight,
        }
    }

    /// How many features it knows.
    pub fn len(&self) -> usize {
        self.rarity.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.rarity.is_empty()
    }

    /// A work in numbers: all words of a kind together are as long as the kind has weight; each name has it for itself.
    pub fn vector(&self, features: &Features) -> Vector {
        let mut vector = Vector::with_capacity(features.of_words.iter().map(Vec::len).sum::<usize>() + features.names.len());
        let (mut start, mut square) = (0, 0.0_f32);
        for (kind, (field, words)) in OF_WORDS.into_iter().zip(&features.of_words).enumerate() {
            let weight = (self.weight)(field);
            if weight > 0.0 {
                vector.extend(words.iter().map(|&(number, count)| (number, count * self.rarity_of(number))));
                square += features.unknown[kind] * self.of_unknown * self.of_unknown;
            }
            // Telling and small words are of one text.
            if field != Field::Text {
                square += vector[start..].iter().map(|(_, value)| value * value).sum::<f32>();
                let factor = if field == Field::Small { (self.weight)(Field::Text) } else { weight } / square.max(f32::MIN_POSITIVE).sqrt();
                vector[start..].iter_mut().for_each(|(_, value)| *value *= factor);
                (start, square) = (vector.len(), 0.0);
            }
        }
        vector.extend(features.names.iter().map(|&number| (number, self.fields.get(number as usize).map_or(0.0, |field| (self.weight)(*field)))));
        vector
    }

    fn rarity_of(&self, number: u32) -> f32 {
        self.rarity.get(number as usize).copied().unwrap_or(self.of_unknown)
    }
}
