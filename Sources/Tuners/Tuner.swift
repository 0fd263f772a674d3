import Configuration
import NN
import Tensors
import YAML

/// A method of fine-tuning: it declares its parameters, and attaches to a backbone's sites or trains parameters of it.
public protocol Tuner: Sendable, SendableMetatype {
    /// The `peft_type` that names it, PEFT's where PEFT has it.
    static var name: String { get }
    /// What it does, in one sentence.
    static var help: String { get }
    /// The keys beside `peft_type`.
    associatedtype Settings: Config

    /// The method with these settings.
    init(_ settings: Settings)

    /// Settings that are right alone and not together.
    var contradictions: [Contradiction] { get }

    /// Whether the model computes the same with the method, before any training, as without it.
    var startsNeutral: Bool { get }

    /// Declares parameters and attaches to sites; called once, before any weight is read.
    ///
    /// - Throws: `AttachmentError` for a setting that does not fit the backbone, `CheckpointError` for its parameters.
    func attach(to graph: inout TunerGraph) throws

    /// Gives parameters that start from a text their values; called once, before the first step of a new training.
    ///
    /// - Throws: `AttachmentError` when a text does not fit, and what the reader throws.
    func start(_ graph: TunerGraph, from reader: any TextReader) throws

    /// What Hugging Face PEFT, or `adapters`, would save of the method's trained parameters; nil where neither has the method.
    func exported(from graph: TunerGraph) -> ExportedAdapter?

    /// The method that computes what an adapter of PEFT's computes, and the values of its parameters by their names here.
    ///
    /// - Parameters:
    ///   - settings: as they stand in `adapter_config.json`.
    ///   - tensors: `adapter_model.safetensors` by PEFT's names, the head's among them.
    /// - Throws: `AttachmentError` when the two do not fit one another.
    static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter

    /// The backbone's weights with the method's part added, by their names; nil where no weights compute the same.
    func merged(in graph: TunerGraph) -> [String: Tensor]?
}

extension Tuner {
    /// All settings go together, unless the method says otherwise.
    public var contradictions: [Contradiction] { [] }

    /// A method changes the model from the start, unless it says otherwise.
    public var startsNeutral: Bool { false }

    /// Nothing starts from a text, unless the method says otherwise.
    public func start(_ graph: TunerGraph, from reader: any TextReader) throws {}

    /// No library has the method, unless it says otherwise.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? { nil }

    /// The method with these settings; a tensor's name here is PEFT's without `base_model.model.`.
    public static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter {
        let prefix = "base_model.model."
        let values = tensors.map { name, value in
            (name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name, value)
        }
        return ImportedAdapter(Self.self, settings, values: Dictionary(values) { first, _ in first })
    }

    /// No weights compute the same, unless the method says otherwise.
    public func merged(in graph: TunerGraph) -> [String: Tensor]? { nil }
}

/// An adapter that was read.
public struct ImportedAdapter: Sendable {
    /// The `peft_type` of the method that computes the same.
    public let name: String
    /// Its settings, of the section of that name.
    public let settings: any Config
    /// The method that computes the same.
    public let tuner: any Tuner
    /// The values of trained parameters, the head's among them, by their names here.
    public let values: [String: Tensor]

    /// A method with settings, and its values.
    public init<Method: Tuner>(_: Method.Type, _ settings: Method.Settings, values: [String: Tensor]) {
        name = Method.name
        self.settings = settings
        tuner = Method(settings)
        self.values = values
    }
}

/// A trained method in the terms of the library that has it.
public struct ExportedAdapter: Sendable {
    /// Which files a library reads, and what it calls them.
    public enum Layout: Hashable, Sendable {
        /// Hugging Face PEFT's: one file with the method's tensors and the head's.
        case peft
        /// The library `adapters`': the head in files of its own.
        case adapters
    }

    /// The method's tensors, without the head's.
    public var tensors: [String: Tensor]
    /// The keys of `adapter_config.json` that belong to the method; in the layout of `adapters`, its `config`.
    public var config: [String: JSON]
    /// What stands in front of the names of the head's parameters.
    public var headPrefix: String
    /// The files.
    public var layout: Layout

    /// The tensors, the configuration, the prefix of the head's names, and the files that they go to.
    public init(tensors: [String: Tensor], config: [String: JSON], headPrefix: String, layout: Layout = .peft) {
        self.tensors = tensors
        self.config = config
        self.headPrefix = headPrefix
        self.layout = layout
    }
}

/// One method that a manifest can name.
public struct TunerEntry: RegistryEntry {
    /// The `peft_type`.
    public let name: String
    /// What it does.
    public let help: String
    /// The keys beside `peft_type`.
    public let section: SectionDescription
    /// The method with the settings that were read for it.
    public let make: @Sendable (any Config) -> any Tuner
    /// The method, with values, that computes what PEFT's tensors compute with settings of the entry's section.
    public let imported: @Sendable (any Config, [String: Tensor]) throws -> ImportedAdapter

    /// The entry of a method's type.
    public init<Type: Tuner>(_: Type.Type) {
        name = Type.name
        help = Type.help
        section = SectionDescription(Type.Settings.self)
        make = { Type(Type.Settings.unwrapping($0)) }
        imported = { try Type.imported(Type.Settings.unwrapping($0), $1) }
    }
}

/// Every method that a manifest can name. To add one, write its file and add its line.
public let tuners: [TunerEntry] = [
    TunerEntry(PrefixTuning.self),
    TunerEntry(PromptTuning.self),
    TunerEntry(PTuning.self),
    TunerEntry(AdaptionPrompt.self),
    TunerEntry(LoRA.self),
    TunerEntry(AdaLoRA.self),
    TunerEntry(IA3.self),
    TunerEntry(Bottleneck.self),
    TunerEntry(BitFit.self),
    TunerEntry(LinearProbe.self),
    TunerEntry(FullFineTuning.self),
]
