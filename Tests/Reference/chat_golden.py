"""Writes Tests/TasksTests/Golden/chats.json: chats as transformers' `apply_chat_template` writes them.

Made with transformers 4.57.6, jinja2 3.1.6. Run: python chat_golden.py
A rendering is the text and the parts that `{% generation %}` marks, or null where the template or Jinja refuses the chat. The templates have the shapes
of well-known ones, and one odd thing each.
"""

import json
import sys
from importlib.metadata import version

from jinja2 import TemplateError
from transformers.utils.chat_template_utils import render_jinja_template

from golden import TESTS, check_versions

check_versions()
if version("jinja2") != "3.1.6":
    sys.exit(f"jinja2 is {version('jinja2')}; these golden files belong to jinja2 3.1.6")
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}

TEMPLATES = {
    "chatml": """{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}""",
    "chatml-default-system": """{%- if messages[0].role != 'system' -%}
    {{- '<|im_start|>system\\nBe kind.<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
    {%- if message.role == "assistant" or message.role in ["user", 'system'] -%}
        {{- "<|im_start|>" ~ message.role ~ "\\n" ~ message.content | trim ~ "<|im_end|>\\n" -}}
    {%- else -%}
        {{- raise_exception("no role " + message.role) -}}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
""",
    "llama-2": """{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must take turns, user first') }}{% endif %}{% if loop.index0 == 0 and system != false %}{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}""",
    "mistral": """{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('turns') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token }}{% else %}{{ raise_exception('role') }}{% endif %}{% endfor %}""",
    "zephyr": """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}""",
    "vicuna": """{{ bos_token }}{% for m in messages %}{% if loop.first and m.role == 'system' %}{{ m.content }}{{ ' ' }}{% else %}{{ m.role | upper }}: {{ m.content }}{{ eos_token if m.role == 'assistant' else ' ' }}{% endif %}{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}
""",
    "gemma": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if message['role'] == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}""",
    "llama-3": """{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}""",
    "marked": """{% for m in messages %}{% if m.role == 'assistant' %}A: {% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}

{% else %}
Q: {{ m.content }}
{% endif %}{% endfor %}{% if add_generation_prompt %}A: {% endif %}""",
    "spaces": """  {# a comment #}
   text  {% if true %}  
  inside {%- if true +%}
 plus {%+ if true %} minus{%- endif -%}   
   x {% endif %}
{{- 'a' }} {{ 'b' -}}   
   {#- c -#}  y  {% endif %}z
  {%+ if false %}no{% endif %}
\t{% for m in messages %}
    {{ m.role }}
\t {% endfor %}
 {{ "end" }}
  {#+ kept #} {# dropped #}

""",
    "crlf": "a\r\n{% if true %}\r\nb\r{% endif %}\r\n\r\n",
    "escapes": r"""{{ 'tab\there \'q\' "d" back\\slash \x41 é \U0001F600 \q' }}{{ "it's \"x\"" 'joined' ' twice' }}{{ 'line
break' }}""",
    "numbers": """{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 2 + 3 * 4 - 1 }} {{ (2 + 3) * 4 }} {{ 1 ~ 2 + 3 if false else 'x' ~ 1 ~ true ~ none }} {{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 1 == 1 != 2 }} {{ true == 1 }} {{ -3 }} {{ messages | length }} {{ 'añb' | length }}""",
    "logic": """{{ 'a' in 'cat' }} {{ 'x' not in 'cat' }} {{ 'role' in messages[0] }} {{ not false and true or false }} {{ '' or 'other' }} {{ 'a' and 'b' }} {{ not not 'x' }} {{ missing is defined }} {{ missing is not defined }} {{ tools is none }} {{ messages is iterable }} {{ messages[0] is mapping }} {{ messages[0].content is string }} {{ 3 is odd }} {{ 4 is even }} {{ true is true }} {{ missing | default('d') }} {{ missing }} {{ tools is defined }} {{ documents is undefined }}""",
    "lists": """{% for x in [1, 'two', [3]] %}{{ loop.index }}/{{ loop.length }}/{{ loop.revindex }}/{{ loop.revindex0 }}:{{ x if x is string else 'n' }};{% endfor %}{{ messages[-1].role }}{{ messages[99] }}{{ 'abc'[1] }}{{ 'abcdef'[1:-1] }}{{ 'abc'[:2] }}{{ 'abc'[-2:] }}{% for x in [] %}no{% else %}none{% endfor %}{% for c in 'hé' %}<{{ c }}>{% endfor %}{% for m in messages[:1] + messages[-1:] %}{{ m.role }},{% endfor %}""",
    "scopes": """{% set x = 'outer' %}{% for m in messages %}{{ x }}{% set x = 'inner' %}{{ x }} {% endfor %}{{ x }}{% set ns = namespace(found=false, n=0) %}{% for m in messages %}{% if m.role == 'assistant' %}{% set ns.found = true %}{% endif %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.found }}{{ ns.n }}{% if true %}{% set y = 'seen' %}{% endif %}{{ y }}{{ ns.nothing is defined }}""",
    "methods": """{{ '  a b '.strip() }}|{{ '  a '.lstrip() }}|{{ ' a  '.rstrip() }}|{{ 'ÄB'.lower() }}|{{ 'straße'.upper() }}|{{ 'abc'.startswith('ab') }}|{{ 'abc'.endswith('bc') }}|{{ messages[0].get('role') }}|{{ messages[0].get('nope', 'std') }}|{{ messages[0].get('nope') }}|{{ ' x ' | trim | upper | lower }}|{{ ('a' + 'b') | upper }}|{{ 'a' + 'b' | upper }}""",
    "extra": """{% for m in messages %}{% if m.name is defined %}{{ m.name }}{% endif %}{% if m['weight'] %}{{ m.weight }}{% endif %}{% if m.tags %}{% for t in m.tags %}[{{ t }}]{% endfor %}{% endif %}{{ m.content }}{% endfor %}""",
    "adds-undefined": """{{ 'a' + missing }}""", "attribute-of-undefined": """{{ missing.name }}""", "adds-number": """{{ 'a' + 1 }}""", "empty": "", "only-text": "hello\n\n",
}
CHATS = [
    [{"role": "user", "content": "Hello"}],
    [{"role": "user", "content": " Hi there! "}, {"role": "assistant", "content": "  Hello.\n"}, {"role": "user", "content": "2 < 3 & 'so' \"on\"?"}, {"role": "assistant", "content": "Ja — naïve 中文 😀"}],
    [{"role": "system", "content": "You are\nterse."}, {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}],
    [{"role": "assistant", "content": "I begin."}, {"role": "user", "content": ""}],
    [{"role": "user", "content": "{{ 1 }} {% x %} {# c #}", "name": "ann", "weight": 2, "tags": ["p", "q"]}, {"role": "tool", "content": "</s><s>"}],
]


def rendering(template, chat, opens):
    try:
        # Only a template with marks is asked for them: the others are rendered at once.
        marks = "generation %}" in template
        texts, parts = render_jinja_template([chat], chat_template=template, add_generation_prompt=opens, return_assistant_tokens_mask=marks, **TOKENS)
        return {"text": texts[0], "generated": parts[0] if parts else []}
    except (TemplateError, TypeError):
        return None


cases = [{"name": name, "template": template,
          "closed": [rendering(template, chat, False) for chat in CHATS], "open": [rendering(template, chat, True) for chat in CHATS]}
         for name, template in TEMPLATES.items()]
(TESTS / "TasksTests/Golden/chats.json").write_text(json.dumps({"tokens": TOKENS, "chats": CHATS, "cases": cases}, separators=(",", ":")) + "\n", encoding="utf8")
