/// The Unicode classes by which BERT's tokenizers clean and split a text.
///
/// They are the reference's, not those of the Swift library: its tables are of an older Unicode version, and
/// a checkpoint was trained on what they say.
enum BertScalars {}
