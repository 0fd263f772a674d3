import Configuration
import Files
import Results
import Sweeps
import YAML

/// A manifest with a sweep, read and checked: every trial is right before the first one starts.
public struct SweepManifest: Sendable {
    /// One trial.
    public struct Trial: Sendable {
        /// What its user tells it apart by.
        public let title: String
        /// The names of the blocks that it was put together from.
        public let labels: [String]
        /// What it changes of the manifest, as `key=value` for the command line.
        public let overrides: [String]
        /// The manifest with that changed.
        public let resolved: ResolvedManifest
    }

    /// The experiment's name.
    public let name: String
    /// The manifest as it was named, and what was replaced in it for all trials.
    public let file: String, overrides: [String]
    /// The trials.
    public let trials: [Trial]
    /// How many cells the conditions dropped.
    public let droppedCount: Int
    /// The rule that ends trials before their time.
    public let earlyStopping: Tagged<StoppingEntry>?
    /// What is odd and no mistake.
    public let notes: [String]

    /// Reads the manifest in `file`, puts the overrides in, makes the trials, and checks each as `ResolvedManifest` does.
    ///
    /// - Throws: `Diagnostics` with every mistake of every trial, located, each once.
    public init(_ file: String, overrides: [String] = []) throws {
        let bytes = try FileContents.data(at: file)
        var diagnostics = Diagnostics()
        let root = diagnostics.parse(bytes, file: file, overrides: overrides)
        guard let root else { throw diagnostics }
        try self.init(root, diagnostics, file: file, overrides: overrides)
    }

    /// Whether the manifest in `file` has a sweep; one that cannot be read has none.
    public static func isSweep(_ file: String, overrides: [String] = []) -> Bool {
        var diagnostics = Diagnostics()
        guard let bytes = try? FileContents.data(at: file) else { return false }
        return diagnostics.parse(bytes, file: file, overrides: overrides)?["sweep"].map { !$0.isNull } ?? false
    }

    private init(_ root: Node, _ found: Diagnostics, file: String, overrides: [String]) throws {
        let texts = found.texts
        var diagnostics = found
        let (base, settings) = Self.split(root, &diagnostics)
        let location = root["sweep"]?.location ?? root.location
        if !settings.isPresent, diagnostics.isEmpty {
            diagnostics.error(
                at: location,
                "there is nothing to sweep: say what, as in 'sweep: {grid: {train.learning_rate: [1e-3, 1e-2]}}'; "
                    + "'peftexp run' runs a single experiment")
        }
        let cells = settings.cells(at: location, &diagnostics)
        Self.checkPinned(overrides, cells, &diagnostics)
        if cells.isEmpty { Self.checkBase(base, texts, &diagnostics) }

        var selection = SweepSelection(settings)
        var trials: [Trial] = []
        var mistakes = SweepMistakes()
        for cell in cells {
            var node = base
            for override in cell.overrides { node.apply(override) }
            guard selection.keeps(node, texts) else { continue }
            let title = cell.titles.isEmpty ? "(as it is)" : cell.titles.joined(separator: " ")
            mistakes.startTrial(title)
            SweepStoppingCheck(settings.earlyStopping, root).run(node, texts, &mistakes)
            do {
                let resolved = try ResolvedManifest(node, texts)
                trials.append(
                    Trial(
                        title: title, labels: cell.labels, overrides: resolved.commandTexts(of: cell.overrides),
                        resolved: resolved))
            } catch let errors as Diagnostics {
                errors.errors.forEach { mistakes.add($0) }
            }
        }
        mistakes.report(to: &diagnostics)
        selection.check(at: location, &diagnostics)
        try diagnostics.check()
        guard let first = trials.first else { throw diagnostics }
        name = first.resolved.manifest.name
        self.file = file
        self.overrides = overrides
        self.trials = trials
        droppedCount = cells.count - trials.count
        earlyStopping = settings.earlyStopping
        notes = selection.notes
    }

    /// The manifest without its sweep, and the sweep.
    private static func split(_ root: Node, _ diagnostics: inout Diagnostics) -> (Node, SweepSettings) {
        guard case .mapping(let pairs) = root.content else { return (root, SweepSettings()) }
        func node(_ pairs: [Node.Pair]) -> Node { Node(.mapping(pairs), at: root.location) }
        let own = pairs.filter { $0.key == "sweep" }.map { withoutForeign($0, &diagnostics) }
        let only = SweepOnly(node(own), &diagnostics)
        return (node(pairs.filter { $0.key != "sweep" }), only.sweep)
    }

    /// The sweep without keys of the manifest, which belong one level further in; they are noted.
    private static func withoutForeign(_ pair: Node.Pair, _ diagnostics: inout Diagnostics) -> Node.Pair {
        guard case .mapping(let keys) = pair.value.content else { return pair }
        let known = Set(SweepSettings.fields.map(\.key))
        var kept: [Node.Pair] = []
        for key in keys {
            if known.contains(key.key) || (try? Manifest.explain(key.key)) == nil {
                kept.append(key)
            } else {
                diagnostics.error(
                    at: key.keyLocation,
                    "'\(key.key)' is a key of the manifest; to sweep it, put it into a grid: "
                        + "grid: {\(key.key): \(key.value.elements == nil ? "[…]" : key.value.flowText)}")
            }
        }
        var pair = pair
        pair.value = Node(.mapping(kept), at: pair.value.location)
        return pair
    }

    /// A section that holds nothing but a sweep.
    private struct SweepOnly: Config {
        var sweep = SweepSettings()
        static let fields: [Field<Self>] = [.section("sweep", \.sweep, "")]
    }

    /// A value that the command line gives and the sweep then replaces would be without effect.
    private static func checkPinned(_ overrides: [String], _ cells: [Cell], _ diagnostics: inout Diagnostics) {
        let swept = Dictionary(cells.flatMap(\.overrides).map { ($0.key, $0) }) { first, _ in first }
        for (index, text) in overrides.enumerated() {
            guard let pinned = try? Override(text, ordinal: index + 1) else { continue }
            let parents = pinned.path.indices.map { pinned.path[...$0].joined(separator: ".") }
            guard let axis = parents.compactMap({ swept[$0] }).first else { continue }
            diagnostics.error(
                at: pinned.location,
                "'\(pinned.key)' is swept at \(axis.location), which would replace this; narrow the sweep instead, "
                    + "as in sweep.grid.\(axis.key)=[…]")
        }
    }

    /// Mistakes of the manifest itself, where there are no trials in which they would show.
    private static func checkBase(_ base: Node, _ texts: Diagnostics, _ diagnostics: inout Diagnostics) {
        var own = texts
        _ = Manifest(base, &own)
        // What is missing, a trial may bring.
        for error in own.errors where !error.message.hasPrefix("missing ") { diagnostics.report(error) }
    }
}
