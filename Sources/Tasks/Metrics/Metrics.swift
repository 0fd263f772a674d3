/// Every measure that a manifest can name. To add one, write how its outcomes give it and add its line.
///
/// They are what the libraries give whose names they have: fractions, but for SQuAD's and BLEU, which are percentages there.
public let metrics: [MetricEntry] = [
    MetricEntry("accuracy", "Share of right classes.", \ClassOutcomes.accuracy),
    MetricEntry("f1", "F1 of the positive class, which is 'pos_label' or the second one.", \ClassOutcomes.positive.f1),
    MetricEntry("precision", "Share of the positive predictions that are right.", \ClassOutcomes.positive.precision),
    MetricEntry("recall", "Share of the positive examples that are found.", \ClassOutcomes.positive.recall),
    MetricEntry("f1_macro", "Mean of the F1 of every class that occurs.", \ClassOutcomes.macroF1),
    MetricEntry("f1_micro", "F1 of all classes counted together.", \ClassOutcomes.accuracy),
    MetricEntry("matthews_correlation", "Matthews' correlation coefficient.", \ClassOutcomes.matthewsCorrelation),

    MetricEntry("accuracy", "Share of examples whose labels are all right.", \FlagOutcomes.accuracy),
    MetricEntry("f1_micro", "F1 of all labels counted together.", \FlagOutcomes.total.f1),
    MetricEntry("f1_macro", "Mean of the F1 of every label.", \FlagOutcomes.macroF1),
    MetricEntry("precision", "Share of the predicted labels that apply.", \FlagOutcomes.total.precision),
    MetricEntry("recall", "Share of the labels that are found.", \FlagOutcomes.total.recall),

    MetricEntry("accuracy", "Share of right choices or words.", \ChoiceOutcomes.accuracy),

    MetricEntry("pearson", "Pearson's correlation coefficient.", \ValueOutcomes.pearson),
    MetricEntry("spearmanr", "Spearman's rank correlation coefficient.", \ValueOutcomes.spearman),
    MetricEntry("mse", "Mean squared error.", isHigherBetter: false, \ValueOutcomes.meanSquaredError),

    MetricEntry("f1", "F1 of the spans that tags mark, as seqeval counts them.", \TagOutcomes.spans.f1),
    MetricEntry("precision", "Share of the predicted spans that are right.", \TagOutcomes.spans.precision),
    MetricEntry("recall", "Share of the spans that are found.", \TagOutcomes.spans.recall),
    MetricEntry("accuracy", "Share of right tags.", \TagOutcomes.accuracy),

    MetricEntry("f1", "Mean F1 over the words of answers, in percent.", \AnswerOutcomes.f1),
    MetricEntry(
        "exact_match", "Share of answers that are accepted ones, of questions in percent.", \AnswerOutcomes.exactMatch),

    MetricEntry("loss", "Mean negative log-likelihood of a token.", isHigherBetter: false, \LikelihoodOutcomes.loss),
    MetricEntry(
        "perplexity", "The exponential of the mean negative log-likelihood of a token.", isHigherBetter: false,
        \LikelihoodOutcomes.perplexity),

    MetricEntry("bleu", "BLEU of all generated texts together, from 0 to 100, as sacreBLEU.", \GeneratedOutcomes.bleu),
    MetricEntry("rouge1", "Mean F over single words of generated texts, as rouge_score.", \GeneratedOutcomes.rouge1),
    MetricEntry("rouge2", "Mean F over neighbouring words of generated texts.", \GeneratedOutcomes.rouge2),
    MetricEntry("rougeL", "Mean F over longest common sequences of words.", \GeneratedOutcomes.rougeL),
    MetricEntry(
        "exact_match", "Share of generated texts that are a reference, as a fraction.", \GeneratedOutcomes.exactMatch),
    MetricEntry(
        "loss", "Mean negative log-likelihood of a token of the references.", isHigherBetter: false,
        \GeneratedOutcomes.likelihoods.loss),
    MetricEntry(
        "perplexity", "The exponential of the mean negative log-likelihood of a token of the references.",
        isHigherBetter: false, \GeneratedOutcomes.likelihoods.perplexity),
]
