import NN
import Tensors

extension HeadSite {
    /// The map of a language model onto its vocabulary, `[vocabulary, hidden]`: the input embeddings, or `lm_head` where the model does not
    /// tie them, which is trained where the checkpoint has none.
    func vocabularyMap(_ store: ParameterStore) throws(CheckpointError) -> Parameter {
        if backbone.tiesEmbeddings { return backbone.wordEmbeddings }
        let weight = try store.scope("lm_head", owner: .head).parameter(
            "weight", backbone.wordEmbeddings.shape, .normal(deviation: backbone.initializerRange))
        weight.isTrained = !weight.isFromCheckpoint
        return weight
    }
}
