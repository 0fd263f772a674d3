import Files

/// Where a program run finds and leaves things besides what the manifest names.
public struct Workspace: Sendable {
    /// The folder of all results.
    public var results: String
    /// What is kept between runs: tokenized data, digests, the probe; nil keeps nothing.
    public var cache: CacheDirectory?
    /// Digests of files, each computed once.
    public let digests: FileDigests

    /// A workspace whose results are in `results`, with the cache of the user's environment.
    public init(results: String = "results", cache: CacheDirectory?) {
        self.results = results
        self.cache = cache
        digests = FileDigests(cache: cache)
    }

    /// The same workspace with its results in another folder.
    public func with(results: String) -> Workspace {
        var workspace = self
        workspace.results = results
        return workspace
    }
}
