//! A small strict static server, as GitHub Pages would serve the folder: the right types, and 404 for what is not there.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use crate::{
    dist,
    run::{Doing, Failure, Outcome},
    tools::{self, Optimiser},
};

/// `cargo xtask serve`.
pub(crate) fn serve(port: u16, public_url: &str) -> Outcome<()> {
    // First of all, so that nobody waits for a build to hear that the port is taken.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            Failure(format!("port {port} is taken, perhaps by another `cargo xtask serve`: choose one with --port."))
        }
        _ => Failure(format!("could not listen on port {port}: {error}.")),
    })?;
    let tools = tools::set_up(Optimiser::IfPresent)?;
    dist::build(&tools, public_url)?;

    let address = listener.local_addr().doing(|| "read the server's address".to_owned())?;
    let site = Site { folder: dist::folder(), mount: if public_url == "./" { "/" } else { public_url }.to_owned() };
    println!("\nReceptive is at http://{address}{} (Ctrl+C stops it).", site.mount);
    site.answer_all(&listener);
    Ok(())
}

/// A folder and the path under which it appears.
struct Site {
    folder: PathBuf,
    mount: String,
}

/// What a request asks for, by its path alone.
#[derive(Debug, PartialEq)]
enum Found {
    File(PathBuf),
    Redirect(String),
    Missing,
}

impl Site {
    fn answer_all(self, listener: &TcpListener) {
        let site = Arc::new(self);
        for stream in listener.incoming().flatten() {
            let site = Arc::clone(&site);
            // A browser that hangs up early is no concern of the server's.
            thread::spawn(move || site.answer(stream).ok());
        }
    }

    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        const REQUEST_LIMIT: u64 = 16 * 1024;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_write_timeout(Some(Duration::from_mins(1)))?;
        let mut lines = BufReader::new(stream.try_clone()?.take(REQUEST_LIMIT)).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        // The headers are read to their end, else closing the connection resets it before the answer arrives.
        for line in lines {
            if line?.is_empty() {
                break;
            }
        }
        let mut words = first.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let body = method == "GET";
        if !body && method != "HEAD" {
            return head(&mut stream, "405 Method Not Allowed", "text/plain", 0, "Allow: GET, HEAD\r\n");
        }
        match self.find(target) {
            Found::File(path) => send(&mut stream, "200 OK", &path, body),
            Found::Redirect(to) => {
                head(&mut stream, "301 Moved Permanently", "text/plain", 0, &format!("Location: {to}\r\n"))
            }
            Found::Missing => {
                let page = self.folder.join("404.html");
                if page.is_file() {
                    send(&mut stream, "404 Not Found", &page, body)
                } else {
                    head(&mut stream, "404 Not Found", "text/plain", 0, "")
                }
            }
        }
    }

    fn find(&self, target: &str) -> Found {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        if format!("{path}/") == self.mount {
            return Found::Redirect(self.mount.clone());
        }
        let Some(inside) = path.strip_prefix(&self.mount).and_then(percent_decode) else { return Found::Missing };
        let name = if inside.is_empty() { "index.html" } else { &inside };
        // No way out of the folder, and nothing hidden: names that begin with a dot are refused, `..` among them.
        let odd = |part: &str| part.is_empty() || part.starts_with('.') || part.contains(['\\', '\0']);
        if name.split('/').any(odd) {
            return Found::Missing;
        }
        let file = self.folder.join(name);
        if file.is_file() { Found::File(file) } else { Found::Missing }
    }
}

fn send(stream: &mut TcpStream, status: &str, path: &Path, body: bool) -> io::Result<()> {
    let mut file = File::open(path)?;
    let length = fs::metadata(path)?.len();
    head(stream, status, mime(path), length, "")?;
    if body {
        io::copy(&mut file, stream)?;
    }
    Ok(())
}

fn head(stream: &mut TcpStream, status: &str, mime: &str, length: u64, more: &str) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {length}\r\n\
         Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n{more}Connection: close\r\n\r\n"
    )
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "md" | "txt" => "text/plain; charset=utf-8",
        // Not `Content-Encoding: gzip`: the app unpacks these files itself.
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}

/// Undoes `%2F` and the like; `None` where the result is no text.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small site in a folder beside the test's program, so that `cargo clean` takes it away.
    fn site(name: &str, mount: &str) -> Site {
        let folder = std::env::current_exe().unwrap().with_file_name(format!("serve-{name}"));
        fs::create_dir_all(folder.join("assets")).unwrap();
        for name in ["index.html", "404.html", "app.wasm", "assets/a b.gz", ".nojekyll"] {
            fs::write(folder.join(name), name).unwrap();
        }
        Site { folder, mount: mount.to_owned() }
    }

    #[test]
    fn paths() {
        let site = site("paths", "/sub/");
        let check = |target: &str, expect: Option<&str>| {
            let expect = expect.map_or(Found::Missing, |name| Found::File(site.folder.join(name)));
            assert_eq!(site.find(target), expect, "{target}");
        };
        check("/sub/", Some("index.html"));
        check("/sub/?a=1", Some("index.html"));
        check("/sub/app.wasm?v=1", Some("app.wasm"));
        check("/sub/assets/a%20b.gz", Some("assets/a b.gz"));
        check("/", None);
        check("/app.wasm", None);
        check("/sub/convolution", None);
        check("/sub/assets", None);
        check("/sub/assets/", None);
        check("/sub//app.wasm", None);
        check("/sub/.nojekyll", None);
        check("/sub/../serve.rs", None);
        check("/sub/%2e%2e/Cargo.toml", None);
        check("/sub/%", None);
        check("/sub/%ff", None);
        check("", None);
        assert_eq!(site.find("/sub"), Found::Redirect("/sub/".to_owned()));
    }

    #[test]
    fn answers() {
        let site = site("answers", "/");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || site.answer_all(&listener));
        let check = |request: &str, status: &str, mime: &str, body: &str| {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "{request} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            let (head, content) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {head}");
            assert!(head.contains(&format!("Content-Type: {mime}")), "{request}: {head}");
            assert_eq!(content, body, "{request}");
        };
        check("GET /", "200", "text/html", "index.html");
        check("GET /app.wasm", "200", "application/wasm", "app.wasm");
        check("HEAD /app.wasm", "200", "application/wasm", "");
        check("GET /nothing", "404", "text/html", "404.html");
        check("POST /", "405", "text/plain", "");
        check("", "405", "text/plain", "");
    }
}
