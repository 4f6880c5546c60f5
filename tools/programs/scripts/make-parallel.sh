# packages: make coreutils
cat > Makefile <<'X'
N := $(shell seq 12)
all: $(N:%=out/%) ; @cat $(sort $^) | md5sum
out/%: | out ; @sleep 0.0$$(($* % 5)); echo $* $@ > $@
out: ; @mkdir -p out
rec: ; @$(MAKE) --no-print-directory -C sub
cond:
ifeq ($(shell uname -m),x86_64)
	@echo x86
else
	@echo other
endif
define rule
gen-$(1): ; @echo made $(1) $$@
endef
$(foreach n,a b c,$(eval $(call rule,$(n))))
gens: gen-a gen-b gen-c
.SECONDEXPANSION:
exp: $$(addsuffix .y,p q) ; @echo $^
%.y: ; @touch $@; echo y $@
err: bad ok ; @echo never
bad: ; @exit 3
ok: ; @echo ok
X
mkdir sub; printf 'all: a b c d\n%%: ; @sleep 0.02; echo $@ >> log\n' > sub/Makefile
make -j4 all; make -j4 all; make -j3 rec; sort sub/log; make cond gens exp; make -k err; echo $?; make -j8 -k err 2>&1 | sort; make -j2 -l 100 clean 2>&1; echo $?; make -n all | head -2; make -B -j4 all; make --version | head -1; cat > one.mk <<'X'
.ONESHELL:
t:
	@x=1
	echo $$x '$(words $(filter-out b,a b c)) $(subst a,b,banana) $(notdir a/b.c) $(suffix a.c) $(basename a.c) $(join a b,c d) $(word 2,x y z) $(origin CC) $(flavor x) $(strip  a  b ) $(findstring a,abc) $(and a,b) $(or ,z) $(call f,1)'
f = <$(1)>
X
make -f one.mk; echo $?
rm -rf out sub *.y
