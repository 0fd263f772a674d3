import Configuration
import NN

/// The layers that a method is restricted to, by PEFT's keys and rules.
public struct LayerSelection: Config {
    /// `layers_to_transform`, counted from 0; every layer unless given.
    public var layers: [Int]?
    /// `layers_pattern`: the name of the list of layers, where a path has several numbers.
    public var pattern: TextOrTexts?

    /// Every layer.
    public init() {}

    /// The keys, to stand among a method's own (`Field.within`).
    public static let fields: [Field<Self>] = [
        .integers(
            "layers_to_transform", \.layers, in: 0...65535,
            "Layers to take, counted from 0; needs target_modules to be a list. All unless given."),
        .textOrTexts(
            "layers_pattern", \.pattern,
            "Name of the list of layers in paths, such as 'layer' or 'h'; the first one with a number unless given."),
    ]

    /// A layer is chosen among modules that are named by a list.
    public func contradictions(with targets: Targets) -> [Contradiction] {
        var found: [Contradiction] = []
        if layers != nil, case .pattern? = targets.modules {
            found.append(
                Contradiction(
                    key: "layers_to_transform", with: "target_modules",
                    message:
                        "it goes with a list of target_modules only; say it in the regular expression, or name modules")
            )
        }
        if pattern != nil, layers == nil {
            found.append(
                Contradiction(
                    key: "layers_pattern", with: "layers_to_transform",
                    message: "it is read only with 'layers_to_transform'"))
        }
        return found
    }

    /// Those of `sites` that are in a layer that is meant, or for which `isExempt` holds.
    ///
    /// - Throws: when there is no layer of a number, or no site is left.
    func filter(_ sites: [LinearSite], isExempt: (LinearSite) -> Bool) throws(AttachmentError) -> [LinearSite] {
        guard let layers, !layers.isEmpty else { return sites }
        let number = try numbering()
        let numbers = Set(sites.compactMap { number($0.path) }).sorted()
        guard let first = numbers.first, let last = numbers.last else {
            let key = pattern == nil ? "layers_to_transform" : "layers_pattern"
            throw AttachmentError(key, "none of the target modules is in a numbered layer")
        }
        for layer in layers where !numbers.contains(layer) {
            throw AttachmentError(
                "layers_to_transform", "there is no target module in layer \(layer); the layers are \(first) to \(last)"
            )
        }
        return sites.filter { site in isExempt(site) || number(site.path).map { layers.contains($0) } ?? false }
    }

    /// What finds the number of a path's layer.
    private func numbering() throws(AttachmentError) -> (String) -> Int? {
        let texts: [String]
        switch pattern {
        case nil: texts = []
        case .pattern(let text): texts = text.isEmpty ? [] : [text]
        case .names(let list): texts = list
        }
        if texts.isEmpty {
            // The first number behind at least two names, with something behind it.
            return { path in
                let parts = path.split(separator: ".", omittingEmptySubsequences: false)
                return parts.dropFirst(2).dropLast().lazy.compactMap { Int($0) }.first
            }
        }
        var patterns: [ModulePattern] = []
        for text in texts {
            patterns.append(
                try ModulePattern(text, before: #"(?:^|.*?\.)"#, after: #"\.(?<number>\d+)\."#, key: "layers_pattern"))
        }
        return { path in patterns.lazy.compactMap { $0.capture("number", in: path) }.first.flatMap { Int($0) } }
    }
}
