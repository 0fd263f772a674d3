import Files
import NN
import YAML

/// A data set as a model reads it.
public struct PreparedData: Sendable {
    /// What is read at once; one example may have several.
    public let features: [Feature]
    /// The number of examples.
    public let exampleCount: Int
    /// The rows that the embedding table must have for the tokenizer's tokens.
    public let vocabularyCount: Int
    /// What the examples' labels can be; without names where a head needs none.
    public let labels: LabelSpace
    /// How many examples were too long and are read in part only; windows lose nothing and do not count.
    public let truncatedCount: Int
    /// What of the file was left out because it could not be read.
    public let skipped: SkippedRows
    /// What hides tokens anew in every pass of training; nil where features are read as they are.
    public let masking: Masking?

    /// The features of `exampleCount` examples.
    public init(
        features: [Feature], exampleCount: Int, vocabularyCount: Int, labels: LabelSpace = LabelSpace(),
        truncatedCount: Int = 0, skipped: SkippedRows = SkippedRows(),
        masking: Masking? = nil
    ) {
        self.features = features
        self.exampleCount = exampleCount
        self.vocabularyCount = vocabularyCount
        self.labels = labels
        self.truncatedCount = truncatedCount
        self.skipped = skipped
        self.masking = masking
    }

    /// The number of tokens of all features, special ones included.
    public var tokenCount: Int { features.reduce(0) { $0 + $1.inputIDs.count } }

    /// The tokens of the longest sequence.
    public var longestSequence: Int { features.lazy.flatMap(\.sequenceLengths).max() ?? 0 }
}

/// What data is prepared with.
public struct Preparation: Sendable {
    /// The folder with the tokenizer's files.
    public let tokenizer: TokenizerFolder
    /// The model's `config.json`, where there is a model.
    public let config: Node?
    /// Where prepared data is kept between runs; nowhere where there is none.
    public let cache: CacheDirectory?
    /// The hashes by which it is found again.
    public let digests: FileDigests

    /// Preparation with the tokenizer in a folder, the model's configuration, and a cache where there is one.
    public init(tokenizer: TokenizerFolder, config: Node? = nil, cache: CacheDirectory?) {
        self.tokenizer = tokenizer
        self.config = config
        self.cache = cache
        digests = FileDigests(cache: cache)
    }

    /// The hash of the file at `path`.
    func digest(of path: String) throws(DataError) -> Digest {
        do { return try digests.digest(of: path) } catch { throw DataError(error) }
    }
}
