import Autograd
import NN
import Tensors

/// What reads a backbone's hidden states and learns a task from them; always trained.
public protocol Head: SendableMetatype {
    /// The `task_type` that names it.
    static var taskType: String { get }
    /// What it predicts, in one sentence.
    static var help: String { get }

    /// Declares its parameters in `store`, which takes them from the checkpoint when it has them.
    init(hiddenSize: Int, store: ParameterStore) throws(CheckpointError)

    /// The tokens whose hidden states it reads.
    var reading: Reading { get }
    /// The number of logits in each row.
    var outputs: Int { get }

    /// - Parameter hidden: the rows that are read, `[rows, hidden]`
    /// - Returns: `[rows, outputs]`
    func logits(_ hidden: Variable) -> Variable

    /// The mean loss of a batch whose sequences all have labels of the head's kind.
    ///
    /// - Parameter logits: `[rows, outputs]`
    func loss(_ logits: Variable, _ batch: Batch) -> Variable
}

/// One head that a manifest can name.
public struct HeadEntry: Sendable {
    /// The `task_type`.
    public let name: String
    /// What it predicts.
    public let help: String
    /// Declares the head in a store, for hidden states of a width.
    public let make: @Sendable (Int, ParameterStore) throws(CheckpointError) -> any Head

    /// The entry of a head type.
    public init<Type: Head>(_: Type.Type) {
        name = Type.taskType
        help = Type.help
        make = { hiddenSize, store throws(CheckpointError) in try Type(hiddenSize: hiddenSize, store: store) }
    }
}

/// Every head, by PEFT's names of tasks. To add one, write its file and add its line.
public let heads: [HeadEntry] = [
    HeadEntry(QuestionAnsweringHead.self)
]
