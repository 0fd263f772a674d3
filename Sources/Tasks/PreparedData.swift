import Files
import NN

/// A data set as a model reads it.
public struct PreparedData: Sendable {
    /// What is read at once; one example may have several.
    public let features: [Feature]
    /// The number of examples.
    public let exampleCount: Int
    /// The rows that the embedding table must have for the tokenizer's tokens.
    public let vocabularyCount: Int
    /// What of the file is not among the examples.
    public let skipped: SkippedRows

    /// The features of `exampleCount` examples, which are all of the file but for what was `skipped`.
    public init(features: [Feature], exampleCount: Int, vocabularyCount: Int, skipped: SkippedRows = SkippedRows()) {
        self.skipped = skipped
        self.features = features
        self.exampleCount = exampleCount
        self.vocabularyCount = vocabularyCount
    }

    /// The number of tokens of all features, special ones included.
    public var tokenCount: Int { features.reduce(0) { $0 + $1.inputIDs.count } }

    /// The tokens of the longest feature.
    public var longestSequence: Int { features.map(\.inputIDs.count).max() ?? 0 }
}

/// What data is prepared with.
public struct Preparation: Sendable {
    /// The folder with the tokenizer's files.
    public let tokenizer: TokenizerFolder
    /// Where prepared data is kept between runs; nowhere where there is none.
    public let cache: CacheDirectory?
    /// The hashes by which it is found again.
    public let digests: FileDigests

    /// Preparation with the tokenizer in a folder, and a cache where there is one.
    public init(tokenizer: TokenizerFolder, cache: CacheDirectory?) {
        self.tokenizer = tokenizer
        self.cache = cache
        digests = FileDigests(cache: cache)
    }

    /// The hash of the file at `path`.
    func digest(of path: String) throws(DataError) -> Digest {
        do { return try digests.digest(of: path) } catch { throw DataError(error) }
    }
}
