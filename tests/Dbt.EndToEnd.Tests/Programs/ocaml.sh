# OCaml's bytecode machine: a division by zero and a stack overflow become exceptions.
cat >program.ml <<'L'
let rec fib n = if n < 2 then n else fib (n - 1) + fib (n - 2)
let () = Printf.printf "%d %d\n" (fib 22) (List.fold_left (+) 0 (List.init 10000 (fun x -> x * x)))
let () = Gc.compact (); try ignore (1 / List.length []) with Division_by_zero -> print_endline "zero"
let rec deep n = 1 + deep (n + 1)
let () = try ignore (deep 0) with Stack_overflow -> print_endline "overflow"
L
$RUN /usr/bin/ocaml program.ml
