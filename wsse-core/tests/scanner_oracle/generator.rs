//! Documents, well-formed and broken, that depend on nothing but their number.

pub(crate) struct Document {
    pub(crate) number: u64,
    pub(crate) octets: Vec<u8>,
    /// Whether it was left as it was made, and is within the limits.
    pub(crate) well_formed: bool,
}

pub(crate) fn document(number: u64) -> Document {
    let mut random = Random::new(number);
    let (tokens, scope) = (Vec::new(), Vec::new());
    let warm = !random.one_in(4);
    let mut maker = Maker { random: &mut random, tokens, scope, certain: true, warm };
    maker.document();
    let (mut tokens, certain) = (maker.tokens, maker.certain);
    let flooded = random.one_in(100);
    if flooded {
        flood(&mut random, &mut tokens);
    }
    let broken = random.one_in(2);
    let mutations = if broken { 1 + random.below(3) } else { 0 };
    let mut octets = Vec::new();
    if broken && random.one_in(2) {
        for _ in 0..mutations {
            mutate_tokens(&mut random, &mut tokens);
        }
        octets.extend(tokens.concat().into_bytes());
    } else {
        octets.extend(tokens.concat().into_bytes());
        for _ in 0..mutations {
            mutate_octets(&mut random, &mut octets);
        }
    }
    Document { number, octets, well_formed: !broken && !flooded && certain }
}

/// xorshift64*, seeded through splitmix64 so that neighbouring numbers have nothing in common.
struct Random(u64);

impl Random {
    fn new(number: u64) -> Self {
        let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((mixed ^ (mixed >> 31)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from((self.next() >> 33) % bound as u64).expect("below a usize")
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const NAMES: [&str; 12] = [
    "a",
    "b",
    "Body",
    "Envelope",
    "é",
    "日本",
    "x-1",
    "_n.2",
    "xmlish",
    "Id",
    "𐀀b",
    "longer-than-eight-and-than-sixteen-octets",
];
const PREFIXES: [&str; 9] =
    ["p", "q", "soap", "wsse", "SOAP-ENV", "SOAP-ENC", "a-long-prefix", "a-long-prefiy", "ü"];
const NAMESPACES: [&str; 10] = [
    "urn:a",
    "urn:b",
    "urn:ab",
    "urn:a&#98;",
    "urn:a&amp;b",
    "urn:é",
    "../relative",
    "http://www.w3.org/2003/05/soap-envelope",
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.w3.org/2000/09/xmldsi&#x67;",
];
const TEXTS: [&str; 22] = [
    "text",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "]",
    "]]",
    ">",
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "&apos;",
    "&#65;",
    "&#x1F600;",
    "&#13;",
    "&#xA;",
    "😀",
    "é\u{85}\u{2028}",
    "\u{FFFD}\u{FDD0}",
    "a longer run of plain characters, beyond what a few words of eight octets hold, to the end",
];

struct Maker<'r> {
    random: &'r mut Random,
    tokens: Vec<String>,
    scope: Vec<(&'static str, &'static str)>,
    /// Whether what was made is well-formed for certain.
    certain: bool,
    /// Whether so many elements come first that the scanner begins to look for repetitions.
    warm: bool,
}

impl Maker<'_> {
    fn document(&mut self) {
        if self.random.one_in(10) {
            self.push("\u{FEFF}");
        }
        match self.random.below(6) {
            0 => self.push("<?xml version=\"1.0\"?>"),
            1 => self.push("<?xml version='1.0'\tencoding='utf-8' standalone = \"no\" ?>"),
            2 => self.push("<?xml version='1.0' encoding=\"UTF-8\"?>"),
            _ => {}
        }
        self.around();
        if self.random.one_in(50) {
            self.deep();
        } else {
            let elements = 1 + self.random.below(20);
            self.element(elements);
        }
        self.around();
    }

    fn around(&mut self) {
        while self.random.one_in(3) {
            match self.random.below(3) {
                0 => self.comment(),
                1 => self.instruction(),
                _ => self.push("\r\n "),
            }
        }
    }

    /// A chain up to the limit of depth.
    fn deep(&mut self) {
        let depth = 150 + self.random.below(51);
        for level in 0..depth {
            let name = NAMES[level % NAMES.len()];
            self.tokens.push(format!("<{name}>"));
        }
        for level in (0..depth).rev() {
            let name = NAMES[level % NAMES.len()];
            self.tokens.push(format!("</{name}>"));
        }
    }

    fn element(&mut self, elements: usize) {
        let outer = self.scope.len();
        let mut declarations = Vec::new();
        while self.random.one_in(3) {
            let prefix = if self.random.one_in(3) { "" } else { self.random.pick(&PREFIXES) };
            let undeclares = prefix.is_empty() && self.random.one_in(3);
            let name = if undeclares { "" } else { self.random.pick(&NAMESPACES) };
            if declarations.iter().all(|(other, _)| *other != prefix) {
                declarations.push((prefix, name));
                self.scope.push((prefix, name));
            }
        }
        let tag = self.name(true);
        let mut parts: Vec<String> = Vec::new();
        for (prefix, name) in declarations {
            let colon = if prefix.is_empty() { "" } else { ":" };
            let quote = self.random.pick(&["\"", "'"]);
            parts.push(format!("xmlns{colon}{prefix}={quote}{name}{quote}"));
        }
        let mut taken: Vec<(String, String)> = Vec::new();
        let most = if self.random.one_in(40) { 60 } else { 4 };
        for number in 0..self.random.below(most) {
            let mut name = self.name(false);
            if most > 4 {
                name.push_str(&number.to_string());
            }
            let meaning = self.meaning(&name);
            if !taken.contains(&meaning) {
                taken.push(meaning);
                let value = self.value();
                let equals = self.random.pick(&["=", "=", " = ", "\n="]);
                parts.push(format!("{name}{equals}{value}"));
            }
        }
        // Declarations and attributes stand in any order.
        for at in (1..parts.len()).rev() {
            let other = self.random.below(at + 1);
            parts.swap(at, other);
        }
        self.tokens.push(format!("<{tag}"));
        for part in parts {
            let space = self.random.pick(&[" ", " ", "\n  ", "\t", "\r\n"]);
            self.tokens.push(format!("{space}{part}"));
        }
        if elements <= 1 && self.random.one_in(2) {
            self.push(self.ending("/>"));
        } else {
            self.push(self.ending(">"));
            self.content(elements - 1);
            self.push("</");
            self.tokens.push(tag);
            self.push(self.ending(">"));
        }
        self.scope.truncate(outer);
    }

    fn ending(&self, end: &'static str) -> &'static str {
        match (self.random.0 % 7, end) {
            (0, ">") => "\n>",
            (0, _) => " />",
            _ => end,
        }
    }

    fn content(&mut self, elements: usize) {
        if core::mem::take(&mut self.warm) {
            self.push(&"<a/>".repeat(50));
        }
        let mut left = elements;
        loop {
            match self.random.below(8) {
                0 => self.comment(),
                1 => self.instruction(),
                2 => self.cdata(),
                3..=5 => self.text(),
                _ => {}
            }
            if left == 0 {
                return;
            }
            let share = 1 + self.random.below(left);
            left -= share;
            let start = self.tokens.len();
            self.element(share);
            if self.random.one_in(4) {
                self.repeat(start);
            }
        }
    }

    /// The element that begins at token `start` again and again, with other values, and now and
    /// then with other prefixes in scope.
    fn repeat(&mut self, start: usize) {
        let element = self.tokens[start..].to_vec();
        // Repetitions of repetitions grow fast.
        if element.len() > 200 {
            return;
        }
        for _ in 0..1 + self.random.below(5) {
            let rebound = self.random.one_in(6);
            if rebound {
                // What was sound in one scope may be none in another.
                self.certain = false;
                let (one, two) = (self.random.pick(&PREFIXES), self.random.pick(&PREFIXES));
                let name = self.random.pick(&NAMESPACES);
                let other = if one == two { "" } else { " " };
                let second = if one == two {
                    String::new()
                } else {
                    format!("xmlns:{two}='{}'", self.random.pick(&NAMESPACES))
                };
                self.tokens.push(format!("<w xmlns:{one}='{name}'{other}{second}>"));
            }
            for token in &element {
                let trimmed = token.trim_start();
                let is_attribute = trimmed.len() < token.len()
                    && trimmed.ends_with(['"', '\''])
                    && !trimmed.starts_with("xmlns");
                let token = match token.find(['"', '\'']) {
                    Some(quote) if is_attribute && self.random.one_in(2) => {
                        token[..quote].to_owned() + &self.value()
                    }
                    _ if is_attribute && self.random.one_in(20) => continue,
                    _ => token.clone(),
                };
                self.tokens.push(token);
            }
            if rebound {
                self.push("</w>");
            }
        }
    }

    /// A name that is declared here: of an element, where the default namespace counts, or of an
    /// attribute.
    fn name(&mut self, element: bool) -> String {
        let local = self.random.pick(&NAMES);
        if !self.scope.is_empty() && self.random.one_in(2) {
            let (prefix, _) = self.scope[self.random.below(self.scope.len())];
            if !prefix.is_empty() {
                return format!("{prefix}:{local}");
            }
        }
        if !element && self.random.one_in(10) {
            return "xml:lang".to_owned();
        }
        local.to_owned()
    }

    fn meaning(&self, name: &str) -> (String, String) {
        let Some((prefix, local)) = name.split_once(':') else {
            return (String::new(), name.to_owned());
        };
        let found = self.scope.iter().rev().find(|(other, _)| *other == prefix);
        let name = found.map_or("xml", |(_, name)| name);
        let name = name.replace("&#98;", "b").replace("&#x67;", "g");
        (name, local.to_owned())
    }

    fn value(&mut self) -> String {
        let mut value = String::new();
        for _ in 0..self.random.below(4) {
            value.push_str(self.random.pick(&TEXTS));
        }
        let quote = self.random.pick(&["\"", "'"]);
        let other = if quote == "\"" { "'" } else { "\"" };
        if self.random.one_in(5) {
            value.push_str(other);
        }
        format!("{quote}{value}{quote}")
    }

    fn text(&mut self) {
        let mut text = String::new();
        for _ in 0..1 + self.random.below(5) {
            text.push_str(self.random.pick(&TEXTS));
        }
        self.tokens.push(text.replace("]]>", "]]&gt;"));
    }

    fn cdata(&mut self) {
        let mut text = String::new();
        for _ in 0..self.random.below(4) {
            text.push_str(self.random.pick(&["<", "&", "]]", ">", "\r\n", "\r", "x", "<a>", "😀"]));
        }
        self.tokens.push(format!("<![CDATA[{}]]>", text.replace("]]>", "]] >")));
    }

    fn comment(&mut self) {
        let text = self.random.pick(&["", " a ", "<b>&c;", "- -x", "]]>", "é😀", "->", "?>"]);
        self.tokens.push(format!("<!--{text}-->"));
    }

    fn instruction(&mut self) {
        let text =
            self.random.pick(&["p", "p ", "é  x='1'", "xmlx ?", "p <a>&b;", "p ??", "q\n-->"]);
        self.tokens.push(format!("<?{text}?>"));
    }

    fn push(&mut self, token: &str) {
        self.tokens.push(token.to_owned());
    }
}

/// More of something than the limits allow.
fn flood(random: &mut Random, tokens: &mut Vec<String>) {
    let flood = match random.below(4) {
        0 => "<a>".repeat(250) + &"</a>".repeat(250),
        1 => {
            let attributes: String = (0..300).map(|number| format!(" a{number}=''")).collect();
            format!("<a{attributes}/>")
        }
        2 => {
            let level = |level: usize| -> String {
                let one = |number| format!(" xmlns:p{level}-{number}='urn:p'");
                format!("<a{}>", (0..110).map(one).collect::<String>())
            };
            (0..5).map(level).collect::<String>() + &"</a>".repeat(5)
        }
        _ => "<?p?><!-- - -->".repeat(300),
    };
    let place = tokens.iter().position(|token| token.starts_with("</")).unwrap_or(tokens.len());
    tokens.insert(place, flood);
}

const HOSTILE: [&str; 58] = [
    "<!DOCTYPE a>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "&nbsp;",
    "&#0;",
    "&#x1;",
    "&#xFFFE;",
    "&#xD800;",
    "&#99999999999;",
    "&",
    "&amp",
    "<",
    ">",
    "/>",
    "</",
    "</a>",
    "<a>",
    "<a/>",
    "<a",
    "]]>",
    "<![CDATA[",
    "<![CDATA[x]]>",
    "<!--",
    "-->",
    "--",
    "<!-- -- -->",
    "<!-- --->",
    "<?",
    "?>",
    "<?xml version='1.0'?>",
    "<?XML x?>",
    "<?p:q x?>",
    "<?p$?>",
    "\0",
    "\u{1}",
    "\u{FFFE}",
    "\u{FFFF}",
    "\u{FEFF}",
    "\"",
    "'",
    "=",
    " ",
    ":",
    " a='1'",
    " a='1' a='2'",
    " p:a='1'",
    " xmlns:p=''",
    " xmlns:xml='u'",
    " xmlns:xmlns='u'",
    " xmlns='http://www.w3.org/2000/xmlns/'",
    " xmlns:q='http://www.w3.org/XML/1998/namespace'",
    " xmlns:p='urn:a' xmlns:q='urn:a' p:x='' q:x=''",
    " a=\"<\"",
    " a",
    " a=1",
    " a='1'b='2'",
    "<p:q:r/>",
    "<:a/>",
];

fn mutate_tokens(random: &mut Random, tokens: &mut Vec<String>) {
    let at = random.below(tokens.len());
    match random.below(5) {
        0 if tokens.len() > 1 => {
            tokens.remove(at);
        }
        1 => {
            let other = random.below(tokens.len());
            tokens.swap(at, other);
        }
        2 => {
            let token = tokens[at].clone();
            let place = random.below(tokens.len() + 1);
            tokens.insert(place, token);
        }
        3 => tokens[at] = random.pick(&HOSTILE).to_owned(),
        _ => tokens.insert(at, random.pick(&HOSTILE).to_owned()),
    }
}

fn mutate_octets(random: &mut Random, octets: &mut Vec<u8>) {
    const OCTETS: &[u8] = b"<>&;/='\"!?-[]:# \t\r\nax1x\0\x01\x7F\x80\xC3\xEF\xFF";
    if octets.is_empty() {
        return;
    }
    let at = random.below(octets.len());
    match random.below(6) {
        0 => {
            octets.remove(at);
        }
        1 => octets.insert(at, random.pick(OCTETS)),
        2 => octets[at] = random.pick(OCTETS),
        3 => octets[at] ^= 1 << random.below(8),
        4 => {
            let hostile = random.pick(&HOSTILE);
            octets.splice(at..at, hostile.bytes());
        }
        _ if random.one_in(3) => octets.truncate(at),
        _ => {
            let end = (at + random.below(8)).min(octets.len());
            octets.drain(at..end);
        }
    }
}
