import Files

/// Where a program run finds and leaves things besides what the manifest names.
public struct Workspace: Sendable {
    /// The folder of all results.
    public var results: String
    /// What is kept between runs: tokenized data, digests, the probe; nil keeps nothing.
    public var cache: CacheDirectory?
    /// Whether several runs of one model are made from it, as in a sweep, so that what they share is worth keeping.
    public var isShared = false
    /// Digests of files, each computed once.
    public let digests: FileDigests

    /// A workspace whose results are in `results`, with the cache of the user's environment.
    public init(results: String = "results", cache: CacheDirectory?) {
        self.results = results
        self.cache = cache
        digests = FileDigests(cache: cache)
    }

    /// The same workspace for the trials of a sweep.
    var shared: Workspace {
        var workspace = self
        workspace.isShared = true
        return workspace
    }

    /// The same workspace with its results in another folder.
    public func with(results: String) -> Workspace {
        var workspace = self
        workspace.results = results
        return workspace
    }
}
