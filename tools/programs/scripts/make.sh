# packages: make
cat > Makefile <<'X'
OBJ := a.o b.o
all: prog
prog: $(OBJ)
	cat $^ > $@
%.o: %.c
	@echo CC $<
	tr a-z A-Z < $< > $@
clean: ; rm -f *.o prog
fail:
	false
	echo no
V = $(shell echo shelled) $(words a b c) $(patsubst %.c,%.o,x.c) $(sort b a) $(foreach i,1 2,<$(i)>) $(if ,t,e)
show: ; @echo "$(V)" $(MAKE_VERSION) '$(wildcard *.c)'
ign: ; -false ; 
define M
echo one
echo two
endef
m: ; $(M)
sub: ; $(MAKE) -s show
.PHONY: all clean fail show ign m sub
X
echo aaa > a.c; echo bbb > b.c; make; make; touch -d '+1 hour' b.c; make -n 2>&1; make clean; make; cat prog; make fail; echo $?; make show; make -k fail ign; make m; make sub; make nosuch; echo $?; make -p -f /dev/null 2>/dev/null | head -1; make -s -B; make -q; echo $?; make V=x show; make --trace show | tail -2; make -j2 -s all
