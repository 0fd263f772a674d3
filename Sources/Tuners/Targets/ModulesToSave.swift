import Configuration
import NN
import Tensors

/// Modules that are trained in full beside a method, and saved with it, by PEFT's key. The head is trained anyway.
public struct ModulesToSave: Config {
    /// `modules_to_save`: names or ends of paths.
    public var names: [String]?

    /// None.
    public init() {}

    /// The key, to stand among a method's own (`Field.within`).
    public static let fields: [Field<Self>] = [
        .texts(
            "modules_to_save", \.names,
            "Modules to train in full and save, by name or end of path, such as pooler; the head is trained anyway.")
    ]

    /// The heads that PEFT lists for a task whether the model has them or not.
    private static let heads: Set<String> = ["classifier", "score", "qa_outputs", "lm_head"]

    /// Trains every parameter of the modules.
    ///
    /// - Throws: when there is no such module, with the nearest one.
    public func train(in graph: TunerGraph) throws(AttachmentError) {
        let modules = ModuleNames(graph)
        for name in names ?? [] {
            let paths = modules.paths(name)
            if paths.isEmpty {
                if Self.heads.contains(name) { continue }
                let hint = modules.nearestModule(name).map { "; did you mean '\($0)'?" } ?? ""
                throw AttachmentError("modules_to_save", "there is no module '\(name)' in this \(graph.family)\(hint)")
            }
            graph.train { parameter in paths.contains { parameter.path.hasPrefix($0 + ".") } }
        }
    }

    /// The names in front of which PEFT puts nothing: of backbone modules that are trained in full, with their values.
    func tensors(of graph: TunerGraph) -> [String: Tensor] {
        let modules = ModuleNames(graph)
        let paths = (names ?? []).flatMap(modules.paths)
        var tensors: [String: Tensor] = [:]
        for parameter in graph.trained where parameter.owner == .backbone {
            if paths.contains(where: { parameter.path.hasPrefix($0 + ".") }) {
                tensors[parameter.path] = parameter.variable.value
            }
        }
        return tensors
    }

    /// Whether a linear map is one of the modules or a part of one.
    func matcher() throws(AttachmentError) -> (String) -> Bool {
        var patterns: [ModulePattern] = []
        for name in names ?? [] {
            patterns.append(
                try ModulePattern(name, before: #"(?:^|.*\.)"#, after: #"(?:$|\..*)"#, key: "modules_to_save"))
        }
        return { path in patterns.contains { $0.matches(path) } }
    }
}
