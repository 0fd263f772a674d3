import Configuration
import Experiment
import Files
import Foundation
import Testing
import YAML

@Suite("What must hold between the parts of a manifest")
struct ManifestCheckTests {
    @Test(
        "Told where it can be changed",
        arguments: [
            (["task.doc_stride=40"], ["'task.doc_stride': 40 is not less than max_seq_length 40"]),
            (
                ["peft.encoder_hidden_size=8"],
                ["'peft.encoder_hidden_size': it is read only with 'prefix_projection: true'"]
            ),
            (
                ["task.null_score_diff_threshold=1"],
                ["'task.null_score_diff_threshold': it is read only with 'version_2_with_negative: true'"]
            ),
            (["train.metric_for_best_model=f2"], ["QUESTION_ANS has no metric 'f2'; did you mean 'f1'?"]),
            (
                ["train.metric_for_best_model=rouge"],
                ["QUESTION_ANS has no metric 'rouge'; its metrics are f1, exact_match"]
            ),
            (["train.metric_for_best_model=eval_exact_match"], []),
            (
                ["train.metric_for_best_model=f1", "task.metrics=[exact_match]"],
                ["'f1' is not among the metrics exact_match; add it to task.metrics"]
            ),
            (
                ["task.metrics=[exact_macth]"],
                ["'task.metrics': answers have no metric 'exact_macth'; did you mean 'exact_match'?"]
            ),
            (["train.eval_steps=5"], ["'train.eval_steps': it is read only with 'eval_strategy: steps'"]),
            (
                ["data.eval=null", "data.max_eval_samples=3", "train.eval_strategy=epoch"],
                [
                    "'data.max_eval_samples' needs a file to score on: give 'data.eval'",
                    "'train.eval_strategy' needs a file to score on: give 'data.eval'",
                ]
            ),
            (
                ["peft.num_virtual_tokens=64"],
                [
                    "40 tokens and a prefix of 64 are more than the model's 64 positions; "
                        + "lower peft.num_virtual_tokens below 64"
                ]
            ),
            (
                ["peft={peft_type: LINEAR}", "task.max_seq_length=65"],
                ["65 tokens are more than the model's 64 positions; lower task.max_seq_length to 64"]
            ),
            (["peft={peft_type: LINEAR}", "task.max_seq_length=64"], []),
            (
                [
                    "peft={peft_type: LINEAR}",
                    "model.path=\(TinyExperiment.root)/Tests/ModelsTests/Golden/tiny-mistral",
                ],
                [
                    "40 tokens are more than the model's 32 tokens in its sliding window; lower task.max_seq_length to 32"
                ]
            ),
        ] as [([String], [String])])
    func checks(overrides: [String], messages: [String]) throws {
        #expect(try TinyExperiment.mistakes(overrides) == messages)
    }

    @Test(
        "What follows from a mistake is not told beside it",
        arguments: [
            // Each would otherwise be checked as the default that stands in for it.
            ["task.max_seq_length=4"], ["task.max_seq_length=none"], ["peft.num_virtual_tokens=1e9"],
            ["task={task_type: QUESTION_ANS, max_sequence_length: 40}"], ["data.eval=[]", "data.max_eval_samples=3"],
            ["train.eval_strategy=steps", "train.eval_step=5"],
        ])
    func consequences(overrides: [String]) throws {
        #expect(try TinyExperiment.mistakes(overrides).count == 1)
    }

    @Test("A model's folder that is none", arguments: ["train.json", "absent", "."])
    func modelFolders(path: String) throws {
        let folder = Folder.parent(of: TinyExperiment.manifest)
        let whole = path == "." ? folder : "\(folder)/\(path)"
        let messages = [
            "train.json": "'\(whole)' is a file; give the folder it is in", "absent": "there is no folder '\(whole)'",
            ".": "the folder '\(whole)' has no config.json; is it a Hugging Face checkpoint?",
        ]
        #expect(try TinyExperiment.mistakes(["model.path=\(whole)"]) == [try #require(messages[path])])
    }
}
