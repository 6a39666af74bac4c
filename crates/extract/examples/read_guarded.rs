//! Reads files in a process of their own and says what became of them: `read_guarded FILE…`. Called as `read_guarded --child`, it is
//! that process.

use std::process::ExitCode;

use pulse_extract::guarded::{self, Guard, Limits};

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.first().is_some_and(|first| first == "--child") {
        return if guarded::serve(std::io::stdin(), std::io::stdout()).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    match read(&files) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("{cause}");
            ExitCode::FAILURE
        }
    }
}

fn read(files: &[String]) -> std::io::Result<()> {
    let guard = Guard { program: std::env::current_exe()?, arguments: vec!["--child".into()], limits: Limits::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for file in files {
        let document = runtime.block_on(guard.read(std::fs::read(file)?.into(), None, None));
        println!("{file}: {:?}, {} blocks", document.metadata.form, document.blocks().len());
        for problem in &document.problems {
            println!("  {problem}");
        }
    }
    Ok(())
}
