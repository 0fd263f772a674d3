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

    /// Declares parameters and attaches to sites; called once, before any weight is read.
    func attach(to graph: inout TunerGraph) throws(CheckpointError)

    /// What Hugging Face PEFT would save of the method's trained parameters; nil where PEFT does not have the method.
    func exported(from graph: TunerGraph) -> ExportedAdapter?
}

extension Tuner {
    /// All settings go together, unless the method says otherwise.
    public var contradictions: [Contradiction] { [] }

    /// PEFT does not have the method, unless it says otherwise.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? { nil }
}

/// A trained method in PEFT's terms.
public struct ExportedAdapter: Sendable {
    /// The tensors of `adapter_model.safetensors`, without the head's.
    public var tensors: [String: Tensor]
    /// The keys of `adapter_config.json` that belong to the method.
    public var config: [String: JSON]
    /// What stands in front of the head's parameters in `adapter_model.safetensors`.
    public var headPrefix: String

    /// The tensors, the configuration, and the prefix of the head's names.
    public init(tensors: [String: Tensor], config: [String: JSON], headPrefix: String) {
        self.tensors = tensors
        self.config = config
        self.headPrefix = headPrefix
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

    /// The entry of a method's type.
    public init<Type: Tuner>(_: Type.Type) {
        name = Type.name
        help = Type.help
        section = SectionDescription(Type.Settings.self)
        make = { Type(Type.Settings.unwrapping($0)) }
    }
}

/// Every method that a manifest can name. To add one, write its file and add its line.
public let tuners: [TunerEntry] = [
    TunerEntry(PrefixTuning.self),
    TunerEntry(LinearProbe.self),
    TunerEntry(FullFineTuning.self),
]
